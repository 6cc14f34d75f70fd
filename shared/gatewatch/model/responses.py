"""Responses: what people say about an alert. They are stored once and never changed; the state of the alert is computed from them."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from .group_key import GroupKey
from .severity import Severity


class ResponseKind(StrEnum):
    """What a responder did."""

    ACKNOWLEDGE = "acknowledge"
    CLOSE = "close"
    REOPEN = "reopen"
    COMMENT = "comment"


class ResponseVerdict(StrEnum):
    """What a responder found an alert to be when closing it."""

    MALICIOUS = "malicious"
    EXPECTED = "expected"  # the rule saw what it should see, and it was allowed
    MISTAKEN = "mistaken"  # the rule, or the record, was wrong
    TEST = "test"  # somebody tried the detection


class Response(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One response. ``author`` is written by the store, never by the responder; None means that the author is unverified."""

    id: str  # sha256 hex of the other fields without the author
    alert_id: str
    key: GroupKey  # the alert's group
    kind: ResponseKind
    at: datetime
    author: str | None = None
    claimed_by: str | None = None  # the name that the responder gave
    verdict: ResponseVerdict | None = None  # only of a close
    reason: str | None = None  # why, in the responder's own text; a close and a comment always have one
    occurrence: int = 1  # the occurrence of the alert that the responder saw
    severity: Severity | None = None  # the severity that a close covers
    rules: tuple[str, ...] = ()  # every rule that had matched an event when it was closed
    event_ids: tuple[str, ...] = ()  # the events that a close covers, bounded as those of the alert
    event_count: int = 0  # how many events it covers, without the bound

    @property
    def name(self) -> str:
        """Who responded, for a field of a document: the author, else the name that was given."""
        return self.author or self.claimed_by or "unknown"
