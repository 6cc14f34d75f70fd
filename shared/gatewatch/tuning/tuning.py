"""What a security team sets without touching code. One typed schema; a broken part is a named error and never a match."""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from ..model import Band
from .entries import AllowlistEntry
from .names import fold


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


def _listed(names: Iterable[str], listed: tuple[str, ...]) -> bool:
    return bool(listed) and not {fold(n) for n in names}.isdisjoint(fold(n) for n in listed)
