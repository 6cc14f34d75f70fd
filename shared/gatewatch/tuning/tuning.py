"""The typed tuning: what a security team sets without changing code."""

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
    """The content of a tuning file, validated."""

    profile: Literal["balanced", "published"] = "balanced"
    privileged_principals: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    known_networks: tuple[str, ...] = ()
    aliases: Mapping[str, str] = {}
    federated_no_mfa: Literal["correlate", "alert"] = "correlate"
    remediated_closes: bool = True
    notify_from: Severity = Severity.MEDIUM
    renotify_on: tuple[Literal["severity", "reopen", "address"], ...] = ("severity", "reopen", "address")
    aws_app_ids: tuple[str, ...] = ()
    entra_saml_providers: tuple[str, ...] = ()
    sync_accounts: tuple[str, ...] = ()
    endpoint_mode: Literal["precise", "wildcard"] = "precise"
    allowlist: tuple[AllowlistEntry, ...] = ()

    def is_break_glass(self, names: Iterable[str]) -> bool:
        """Whether one of these identifiers is a break-glass principal."""
        return _listed(names, self._break_glass)

    def is_privileged(self, names: Iterable[str]) -> bool:
        """Whether one of these identifiers is a privileged principal."""
        return _listed(names, self._privileged)

    def is_sync_account(self, names: Iterable[str]) -> bool:
        """Whether one of these identifiers is a directory synchronisation account."""
        return _listed(names, self._sync_accounts)

    # These are compiled on first use and cached in the instance's __dict__. They are not fields: they are not compared or encoded,
    # and a changed copy compiles them again.

    @cached_property
    def people(self) -> Aliases:
        """The alias table: which names are one person."""
        return Aliases(self.aliases)

    @cached_property
    def networks(self) -> PrefixTable:
        """The known networks, as a prefix table."""
        return PrefixTable(self.known_networks)

    @cached_property
    def exceptions(self) -> AllowlistIndex:
        """The allowlist, as an index."""
        return AllowlistIndex(self.allowlist)

    @cached_property
    def _break_glass(self) -> frozenset[str]:
        return frozenset(map(fold, self.break_glass))

    @cached_property
    def _privileged(self) -> frozenset[str]:
        return frozenset(map(fold, self.privileged_principals))

    @cached_property
    def _sync_accounts(self) -> frozenset[str]:
        return frozenset(map(fold, self.sync_accounts))


def _listed(names: Iterable[str], listed: frozenset[str]) -> bool:
    return bool(listed) and not listed.isdisjoint(map(fold, names))
