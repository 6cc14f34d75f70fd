"""The ECS fields (8.11, unchanged in 9.x) that Gatewatch writes."""

from ..providers.field import rows
from .alert import EVENT_SEVERITY

COMMON = rows(
    "ECS",
    """
@timestamp                      date          Evidence: when it happened (without a time of its own, the fetch or ingest time). Alert: when its highest event happened
message                         text          Alert: the rule's title. Entra evidence: the failure reason, its details in brackets
ecs.version                     keyword       Version of the Elastic Common Schema
data_stream.type                keyword       logs
data_stream.dataset             keyword       gatewatch.signin or gatewatch.alert
data_stream.namespace           keyword       The deployment's namespace
event.kind                      keyword       Evidence: event. Alert: alert
event.category                  keyword       authentication (endpoints: process, directory audits: iam), alerts also intrusion_detection
event.type                      keyword       info (endpoints: start, directory audits: change and user)
event.outcome                   keyword       success, failure or unknown
event.action                    keyword       What was done: ConsoleLogin, Sign-in activity, User Risk Detection, ...
event.provider                  keyword       Service that recorded the event
event.id                        keyword       The vendor's id of the event (alert: of its highest event)
event.module                    keyword       gatewatch
event.dataset                   keyword       gatewatch.signin or gatewatch.alert
event.created                   date          When Gatewatch first saw the record, or first stored the alert
event.ingested                  date          When this document was written; Elastic's promotion rules search on it
observer.vendor                 keyword       Gatewatch
observer.product                keyword       Gatewatch
observer.type                   keyword       detector
observer.version                keyword       Version that wrote the document
related.ip                      ip            Every address in the document
related.user                    keyword       Every name of the person: ids, ARN, UPN, user and session names, display name
related.hosts                   keyword       Endpoint by id and name
cloud.provider                  keyword       aws or azure
cloud.account.id                keyword       AWS account or Entra tenant
cloud.region                    keyword       AWS region that recorded the event
cloud.service.name              keyword       Service that recorded the event
source.address                  keyword       Where the request came from, as the vendor wrote it
source.ip                       ip            The same, only if it is an IP address
source.geo.country_iso_code     keyword       Country (ISO 3166-1 alpha-2)
source.geo.region_name          keyword       Region, as the vendor wrote it
source.geo.city_name            keyword       City, as the vendor wrote it
source.geo.location             geo_point     Coordinates, as the vendor wrote them
source.as.number                long          Autonomous system number
source.as.organization.name     keyword+text  Autonomous system's owner
client.ip                       ip            Same as source.ip (Entra)
user.id                         keyword       principalId, Entra object id
user.name                       keyword+text  IAM user, role name, UPN or operating-system user; absent for the AWS root user
user.full_name                  keyword+text  Display name: chosen by its owner, never proof of identity
user.email                      keyword       UPN, or the e-mail address an endpoint agent knows
user.domain                     keyword       Domain of the UPN or of the endpoint user
user.risk.static_level          keyword       Entra's aggregated risk level
user_agent.original             keyword+long+text  User agent: written by the client, never proof of anything
tls.version                     keyword       TLS version, numbers only
tls.version_protocol            keyword       Protocol: tls
tls.cipher                      keyword       TLS cipher suite
tls.client.server_name          keyword       Host name the client asked for: the sign-in endpoint
host.id                         keyword       Endpoint id
host.name                       keyword       Endpoint name
process.name                    keyword+text  Process that authenticates a cloud command line
process.executable              keyword+text  Its path
process.command_line            keyword+long+text  Its command line, secrets redacted
process.args                    keyword+long  Its arguments, secrets redacted
process.pid                     long          Its process id
process.parent.name             keyword+text  Process that started it
process.parent.command_line     keyword+long+text  That process's command line, secrets redacted
""",
)

_NUMBERS = ", ".join(f"{number} {severity}" for severity, number in EVENT_SEVERITY.items())

ALERT = rows(
    "ECS",
    f"""
event.start                     date          First event of the alert
event.end                       date          Last event of the alert
event.severity                  long          {_NUMBERS}: what Elastic's promotion rules read
event.risk_score                float         Score, 1 to 100
event.risk_score_norm           float         Score, 1 to 100
event.reason                    keyword+long  One sentence on what happened; may quote strings an attacker wrote
event.code                      keyword       Rule id
rule.id                         keyword       Rule that names the alert: that of its highest event
rule.name                       keyword+text  Its title
rule.description                keyword+long  Its meaning in one plain sentence
rule.version                    keyword       Version of Gatewatch that assessed the alert
rule.ruleset                    keyword       gatewatch
rule.category                   keyword       aws, entra, endpoint or xcloud
rule.reference                  keyword       Its first reference
threat.framework                keyword       MITRE ATT&CK
threat.tactic.id                keyword       ATT&CK tactic ids
threat.tactic.name              keyword       ATT&CK tactic names
threat.tactic.reference         keyword       Their pages
threat.technique.id             keyword       ATT&CK technique ids
threat.technique.name           keyword+text  ATT&CK technique names
threat.technique.reference      keyword       Their pages
threat.technique.subtechnique.id         keyword       ATT&CK sub-technique ids
threat.technique.subtechnique.name       keyword+text  ATT&CK sub-technique names
threat.technique.subtechnique.reference  keyword       Their pages
""",
    ("alert",),
)
