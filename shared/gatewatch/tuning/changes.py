"""What differs between two policies or two tunings, and whether a difference makes the detector see or say less. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from ..model import Severity
from .policy import Policy
from .tuning import Tuning

_ENTRY = "allowlist"
_NOT_SETTINGS = frozenset({"schema", "version", "author", "at", "reason", "tuning"})


class PolicyChange(Struct, frozen=True, kw_only=True):
    """One difference: the setting, or the member of a list or table; None where it is not there."""

    name: str
    before: Any
    after: Any
    loosens: bool  # fewer alerts, lower scores or fewer notifications may follow from it

    def __str__(self) -> str:
        return f"{self.name}: {_text(self.before)} -> {_text(self.after)}"


def changes(old: Policy, new: Policy) -> tuple[PolicyChange, ...]:
    """Every difference between two policies, by name. Version, author, time and reason are not differences."""
    return _between(_flat(old), _flat(new))


def tuning_changes(old: Tuning, new: Tuning) -> tuple[PolicyChange, ...]:
    """The same for the tunings alone."""
    return changes(Policy(tuning=old), Policy(tuning=new))


def _between(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[PolicyChange, ...]:
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return tuple(PolicyChange(name=name, before=old.get(name), after=new.get(name), loosens=_loosens(name, old, new)) for name in names)


def _flat(policy: Policy) -> dict[str, Any]:
    """Every setting by name; allowlist entries, list members and aliases each by their own."""
    whole = msgspec.to_builtins(policy)
    flat: dict[str, Any] = {}
    for name, value in {**whole["tuning"], **{name: value for name, value in whole.items() if name not in _NOT_SETTINGS}}.items():
        if name == _ENTRY:
            flat |= {f"{_ENTRY} {entry['id']}": entry for entry in value}
        elif isinstance(value, list | tuple):
            flat |= {f"{name}: {member}": True for member in value}
        elif isinstance(value, dict):
            flat |= {f"{name}: {key}": inner for key, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _loosens(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    setting, _, _ = name.partition(" ")
    decide = LOOSENS.get(setting.removesuffix(":"))
    return decide is None or decide(old.get(name), new.get(name))


type _Loosens = Callable[[Any, Any], bool]


def _added(before: object, _after: object) -> bool:
    return before is None


def _removed(_before: object, after: object) -> bool:
    return after is None


def _taken_away(before: object, _after: object) -> bool:
    """A table: a member that was removed or points elsewhere."""
    return before is not None


def _raised(before: str, after: str) -> bool:
    return Severity(after) > Severity(before)


def _becomes(value: object) -> _Loosens:
    return lambda _before, after: after == value


def _entry(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """An entry that is added, or changed in any way but to end earlier."""
    if before is None or after is None:
        return after is not None
    return {**before, "expires": ""} != {**after, "expires": ""} or after["expires"] > before["expires"]


LOOSENS: dict[str, _Loosens] = {
    _ENTRY: _entry,
    "profile": _becomes("balanced"),
    "privileged_principals": _removed,
    "break_glass": _removed,
    "known_networks": _added,
    "aliases": _taken_away,
    "federated_no_mfa": _becomes("correlate"),
    "remediated_closes": _becomes(value=True),
    "notify_from": _raised,
    "renotify_on": _removed,
    "aws_app_ids": _removed,
    "entra_saml_providers": _removed,
    "sync_accounts": _removed,
    "endpoint_mode": lambda _before, _after: True,  # each mode misses something that the other finds
    "channels": _removed,
    "urgent_from": _raised,
    "newer_engines": _becomes(value=False),
}
"""When a change of a setting loosens. A setting that is not listed loosens whenever it changes."""


def _text(value: object) -> str:
    return "not there" if value is None else msgspec.json.encode(value).decode()
