"""Records as they are received, and the two results other than an event: ignored and refused."""

from datetime import datetime

from msgspec import Struct, field

from .alerts import Announcement


class RawRecord(Struct, frozen=True, gc=False, kw_only=True):
    """One record as it was received, with facts that only its carrier knows (tenant, fetch time, origin).

    ``data`` is decoded JSON, or ``msgspec.Raw``: the bytes of one JSON value that is not parsed yet and may turn out to be no JSON.
    ``gatewatch.reading.json_text.value_of`` gives the parsed value of either.
    """

    data: object
    fetched: datetime | None = None
    tenant: str | None = None  # Entra tenant, known from the connection
    origin: str = ""  # where it came from, shown to people: "file.jsonl:12", an SQS message id
    wanted: bool = False  # fetched by id because a risk detection names it; always becomes evidence
    evidence_id: str = ""  # the id under which it is stored already, if it was read back from evidence
    announced: tuple[Announcement, ...] = ()  # notifications about it that were sent before it could be stored


class Ignored(Struct, frozen=True, gc=False, kw_only=True):
    """A record that is deliberately not kept, with the reason that is counted."""

    origin: str
    reason: str


class Refused(Struct, frozen=True, gc=False, kw_only=True):
    """A record that could not be processed and becomes a dead letter. ``reason`` is counted; ``detail`` may quote the record."""

    origin: str
    reason: str
    detail: str = field(default="")
