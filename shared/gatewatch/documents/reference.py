"""docs/index.md, made from the field table: ``python -m gatewatch.documents > docs/index.md``."""

from collections.abc import Iterator

from ..providers.field import MappedField
from .fields import FIELDS
from .fields_response import RESPONSE

_HEAD = """\
# The index: every field

Made from the field table in `shared/gatewatch/documents/` by `python -m gatewatch.documents`; a test compares the two.

Evidence (`logs-gatewatch.signin-<namespace>`) is one immutable document per record version, `event.kind: event`.
Alerts (`gatewatch-alerts-<namespace>-YYYY.MM`, read through the alias `gatewatch-alerts-<namespace>`) are one document per family,
account, principal and UTC day, updated in place, `event.kind: alert`.

- Fields outside `gatewatch.*`, `aws.*` and `azure.*` are the Elastic Common Schema's, 8.11 (unchanged in 9.x).
- `aws.cloudtrail.*`, `azure.signinlogs.*` and `azure.identityprotection.*` carry the names and values of Elastic's own integrations.
  Where rules in the wild use an older spelling of the same fact, that one is written as well, so a rule written either way finds the document.
- `event.dataset` and `data_stream.dataset` are ours (`gatewatch.signin`, `gatewatch.alert`): a rule that names a dataset names one of these;
  `gatewatch.kind` distinguishes the sources.
- An absent field means *unknown*: never "no risk" and never "MFA used".
- `azure.signinlogs.properties.network_location_details` is not written. It holds names a customer gave to their own networks and never
  says "anonymized"; that is in `risk_event_types_v2` and in `azure.identityprotection.properties.risk_event_type`.
- `gatewatch.evidence` and `gatewatch.alert` hold the whole typed record (`enabled: false`): reading it back gives an equal one.
- The mapping is `dynamic: false`. Keywords are indexed up to 1024 characters, long ones (+) up to 8191; `_source` keeps the whole value.
- Values that people outside wrote (names, user agents, places) are data. Never render them as markup.

Type `keyword (text)` has a `.text` sub-field for full-text search, as in Elastic's integrations.
"""
_PARTS = {
    "ECS": "Elastic Common Schema",
    "Elastic aws": "CloudTrail, as Elastic's aws integration names it",
    "Elastic azure": "Entra ID, as Elastic's azure integration names it",
    "older spelling": "Older spellings of the same facts",
    "gatewatch": "Gatewatch's own",
}


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    for side, title in _PARTS.items():
        yield f"## {title}\n"
        yield "| field | type | in | meaning |"
        yield "| --- | --- | --- | --- |"
        yield from (_row(field) for field in FIELDS if field.side == side)
        yield ""
    yield "## Responses\n"
    yield "The documents of `logs-gatewatch.response-<namespace>`, created once and never changed.\n"
    yield "| field | type | in | meaning |"
    yield "| --- | --- | --- | --- |"
    yield from map(_row, RESPONSE)
    yield ""


def _row(field: MappedField) -> str:
    shown = {"object": "object, not indexed"}.get(field.type, str(field.type)) + ("+" if field.long else "")
    shown += " (text)" if field.searched else ""
    where = "both" if len(field.kinds) > 1 else field.kinds[0]
    return f"| `{field.name}` | {shown} | {where} | {field.meaning} |"
