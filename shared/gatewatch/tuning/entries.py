"""The records of the allowlist: owned, reasoned exceptions that end by themselves."""

from datetime import datetime

from msgspec import Struct

EVERY_RULE = "*"


class AllowlistMatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that are set must hold."""

    principal: str | None = None
    cidr: str | None = None
    asn: int | None = None
    user_agent: str | None = None
    app_id: str | None = None
    account: str | None = None
    parent_process: str | None = None


class AllowlistEntry(Struct, frozen=True, kw_only=True):
    """One owned, reasoned, expiring exception; ``rules`` is a list of rule ids or ``("*",)``."""

    id: str
    match: AllowlistMatch
    rules: tuple[str, ...]
    expires: datetime
    reason: str
    owner: str
