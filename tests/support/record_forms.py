"""What the slow way does with a record, for the tests of what a query may leave out."""

from gatewatch.evidence import ignore_reason, wants
from gatewatch.familiarity import asks, teaches
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, RawRecord
from gatewatch.providers.catalogue import PROVIDERS
from gatewatch.providers.record_form import leaves_out
from gatewatch.tuning import Tuning

TUNINGS = {
    "default": Tuning(),
    "names": Tuning(
        privileged_principals=("ana@contoso.example", "J\u00f6rg@contoso.example", "bob@partner.example"),
        break_glass=("11111111-0000-4000-8000-000000000001",),
        sync_accounts=("carol@contoso.example",),
        aws_app_ids=("6bb4d2b0-0000-4000-8000-0000000000A1",),
    ),
}
FORMS = [form for provider in PROVIDERS for form in provider.forms]


def events_of(record) -> list[Event]:
    """The events in a record."""
    return [event for event in decode(RawRecord(data=record, origin="x")) if isinstance(event, Event)]


def matters(record, tuning, *, familiarity):
    """Whether the slow way keeps a record or learns from it."""
    events = events_of(record)
    kept = any(ignore_reason(event, tuning) is None or wants(event) for event in events)
    return kept or (familiarity and any(teaches(event) or asks(event) for event in events))


def left_out(record, tuning, *, familiarity):
    return any(leaves_out(form, record, tuning, familiarity=familiarity) for form in FORMS)
