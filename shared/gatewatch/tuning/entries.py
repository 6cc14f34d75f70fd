"""The records of the allowlist: exceptions with an owner, a reason and an expiry."""

from datetime import datetime

from msgspec import Struct

EVERY_RULE = "*"


class AllowlistMatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The conditions of an entry. Every condition that is set must hold."""

    principal: str | None = None
    cidr: str | None = None
    asn: int | None = None
    user_agent: str | None = None
    app_id: str | None = None
    account: str | None = None
    parent_process: str | None = None


class AllowlistEntry(Struct, frozen=True, kw_only=True):
    """One exception with an owner, a reason and an expiry. ``rules`` holds rule ids, or only ``"*"`` for every rule."""

    id: str
    match: AllowlistMatch
    rules: tuple[str, ...]
    expires: datetime
    reason: str
    owner: str
