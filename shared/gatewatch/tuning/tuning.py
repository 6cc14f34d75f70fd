"""What a security team sets without touching code. One typed schema; a broken part is a named error and never a match."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

from msgspec import Struct

from ..model import Severity
from ..model.text import fold
from .aliases import Aliases
from .entries import AllowlistEntry
from .index import AllowlistIndex
from .networks import PrefixTable


class Tuning(Struct, frozen=True, kw_only=True, dict=True):
    """The whole tuning file, validated."""

    privileged_principals: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    known_networks: tuple[str, ...] = ()
    aliases: Mapping[str, str] = {}
    federated_no_mfa: Literal["correlate", "alert"] = "correlate"
    remediated_closes: bool = True
    notify_from: Severity = Severity.MEDIUM
    renotify_on: tuple[Literal["severity", "reopen", "address"], ...] = ("severity", "reopen", "address")
    aws_app_ids: tuple[str, ...] = ()
    endpoint_mode: Literal["precise", "wildcard"] = "precise"
    allowlist: tuple[AllowlistEntry, ...] = ()

    def is_break_glass(self, names: Iterable[str]) -> bool:
        """Whether one of these identifiers is a break-glass principal."""
        return _listed(names, self._break_glass)

    def is_privileged(self, names: Iterable[str]) -> bool:
        """Whether one of these identifiers is a privileged principal."""
        return _listed(names, self._privileged)

    # Compiled when first asked for and kept with this very tuning: they live in the instance's __dict__, which is no field,
    # so they are neither compared nor encoded, and a changed copy starts without them.

    @cached_property
    def people(self) -> Aliases:
        """Which names are one person."""
        return Aliases(self.aliases)

    @cached_property
    def networks(self) -> PrefixTable:
        """The known networks."""
        return PrefixTable(self.known_networks)

    @cached_property
    def exceptions(self) -> AllowlistIndex:
        """The allowlist."""
        return AllowlistIndex(self.allowlist)

    @cached_property
    def _break_glass(self) -> frozenset[str]:
        return frozenset(map(fold, self.break_glass))

    @cached_property
    def _privileged(self) -> frozenset[str]:
        return frozenset(map(fold, self.privileged_principals))


def _listed(names: Iterable[str], listed: frozenset[str]) -> bool:
    return bool(listed) and not listed.isdisjoint(map(fold, names))
