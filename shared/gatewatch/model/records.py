"""Records as they come in, and the two ways they end other than as an event."""

from datetime import datetime

from msgspec import Struct, field


class RawRecord(Struct, frozen=True, kw_only=True):
    """One record as it came in, with what only its carrier knows."""

    data: object  # decoded JSON
    fetched: datetime | None = None
    tenant: str | None = None  # the Entra tenant comes from the connection
    origin: str = ""  # where it came from, for people: "file.jsonl:12", an SQS message id
    wanted: bool = False  # pulled in by id because a risk detection names it: evidence whatever it says
    announced: tuple[str, ...] = ()  # channels that were told of it while the index was away


class Ignored(Struct, frozen=True, kw_only=True):
    """A record deliberately not kept."""

    origin: str
    reason: str


class Refused(Struct, frozen=True, kw_only=True):
    """A record that goes to the dead letters."""

    origin: str
    reason: str
    detail: str = field(default="")
