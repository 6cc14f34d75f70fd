"""What a security team sets without touching code. One typed schema; a broken part is a named error and never a match."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ..model import Band


class Match(Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    match: Match
    rules: tuple[str, ...]
    expires: datetime
    reason: str
    owner: str


class Tuning(Struct, frozen=True, kw_only=True):
    """The whole tuning file, validated."""

    privileged_principals: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    known_networks: tuple[str, ...] = ()
    aliases: Mapping[str, str] = {}
    federated_no_mfa: Literal["correlate", "alert"] = "correlate"
    remediated_closes: bool = True
    notify_from: Band = Band.MEDIUM
    renotify_on: tuple[Literal["band", "reopen", "address"], ...] = ("band", "reopen", "address")
    aws_app_ids: tuple[str, ...] = ()
    endpoint_mode: Literal["precise", "wildcard"] = "precise"
    allowlist: tuple[AllowlistEntry, ...] = ()

    def is_break_glass(self, names: Iterable[str]) -> bool:
        """Whether one of these identifiers is a break-glass principal."""
        return _listed(names, self.break_glass)

    def is_privileged(self, names: Iterable[str]) -> bool:
        """Whether one of these identifiers is a privileged principal."""
        return _listed(names, self.privileged_principals)


def fold(name: str) -> str:
    """How identifiers compare: NFC and casefold; no compatibility folding, so a homoglyph stays a different name."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _listed(names: Iterable[str], listed: tuple[str, ...]) -> bool:
    return bool(listed) and not {fold(n) for n in names}.isdisjoint(fold(n) for n in listed)
