"""The fields of a response document: what an auditor searches by. Its stream holds nothing else."""

from ..providers.field import Kind, MappedField, rows

_KIND: tuple[Kind, ...] = ("response",)

RESPONSE: tuple[MappedField, ...] = (
    *rows(
        "ECS",
        """
@timestamp                       date     When the responder answered, by the responder's clock
ecs.version                      keyword  Version of the Elastic Common Schema
event.kind                       keyword  event
event.module                     keyword  gatewatch
event.dataset                    keyword  gatewatch.response
event.action                     keyword  acknowledge, close, reopen or comment
event.reason                     keyword+long  Why, in the responder's own text
event.ingested                   date     When the response was stored
data_stream.type                 keyword  logs
data_stream.dataset              keyword  gatewatch.response
data_stream.namespace            keyword  Namespace of the installation
observer.vendor                  keyword  Gatewatch
observer.product                 keyword  Gatewatch
observer.type                    keyword  detector
observer.version                 keyword  Version that wrote the document
""",
        _KIND,
    ),
    *rows(
        "gatewatch",
        """
gatewatch.schema_version         long     Version of this document schema
gatewatch.alert_id               keyword  The alert that the response is about
gatewatch.family                 keyword  Its family
gatewatch.account                keyword  Its account or tenant
gatewatch.principal              keyword  Its principal
gatewatch.day                    date     Its UTC day
gatewatch.occurrence             long     The occurrence that the responder saw
gatewatch.severity               keyword  The severity that a close covers
gatewatch.rules                  keyword  Every rule that had matched an event of the alert when it was closed
gatewatch.event_ids              keyword  The vendor ids of the events that a close covers
gatewatch.event_count            long     How many events a close covers
gatewatch.author.username        keyword  Written by the server: the user, or the owner of the API key
gatewatch.author.authentication_type  keyword  Written by the server: REALM, API_KEY, TOKEN, ...
gatewatch.author.realm.name      keyword  Written by the server: where the user is known
gatewatch.author.realm.type      keyword  Written by the server: native, file, saml, ...
gatewatch.author.api_key.name    keyword  Written by the server: the name of the API key
gatewatch.author.api_key.id      keyword  Written by the server: the id of the API key
gatewatch.response.id            keyword  The response's id: sha256 of everything that the responder sent
gatewatch.response.verdict       keyword  malicious, expected, mistaken or test
gatewatch.response.claimed_by    keyword  The name that the responder gave; nobody checked it
gatewatch.response.record        object   The whole typed response: reading it back gives an equal one, but for the author
""",
        _KIND,
    ),
)
