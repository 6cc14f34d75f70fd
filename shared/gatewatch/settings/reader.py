"""Reads declared settings from a mapping. All problems are reported together, each with the variable and the fix."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast, overload

from msgspec import Struct

from ..errors import ConfigError
from .field import Field, Kind, Secret, SecretField, Setting


class Host(Struct, frozen=True, kw_only=True):
    """How one host is given its settings.

    ``reference`` is the form of a reference to a secret; None means that secrets come as values. ``unresolved`` says how to mend a
    text that is no value here, such as a reference that the platform could not resolve.
    """

    name: str
    reference: Kind[str] | None = None
    unresolved: Callable[[str], str | None] = lambda _text: None

    def variable(self, wanted: Setting) -> str:
        """The environment variable of a setting in this host."""
        return wanted.reference if isinstance(wanted, SecretField) and self.reference is not None else wanted.name

    def kind(self, wanted: Setting) -> Kind[Any]:
        """The form that its text has in this host."""
        return self.reference if isinstance(wanted, SecretField) and self.reference is not None else wanted.kind


COMMAND_LINE = Host(name="command line")


class SettingProblem(NamedTuple):
    """What is wrong with a setting, and the fix: "is not set: ..."."""

    setting: Setting
    text: str


class Values:
    """What a mapping says of the settings that were read from it. ``repr`` shows no secret."""

    def __init__(self, values: Mapping[str, object], given: frozenset[str], tolerated: Mapping[str, str]) -> None:
        self._values, self._given, self._tolerated = values, given, tolerated

    @overload
    def __getitem__(self, wanted: SecretField) -> Secret: ...

    @overload
    def __getitem__[T](self, wanted: Field[T]) -> T: ...

    def __getitem__[T](self, wanted: Field[T] | SecretField) -> T | Secret:
        """The value or the default; of a secret what the host was given, the value itself or a reference to it."""
        return cast("T | Secret", self._values[wanted.name])

    def given(self, wanted: Setting) -> bool:
        """Whether the mapping sets it, rightly or wrongly."""
        return wanted.name in self._given

    def reads(self, wanted: Setting) -> bool:
        """Whether the host reads this setting at all."""
        return wanted.name in self._values

    def problem(self, wanted: Setting) -> str:
        """What is wrong with a setting whose problems the caller tolerates, with the variable and the fix; empty when nothing is."""
        return self._tolerated.get(wanted.name, "")

    def __repr__(self) -> str:
        return f"Values({self._values!r})"


type Check = Callable[[Values], Iterable[SettingProblem]]


def read(
    settings: Iterable[Setting],
    mapping: Mapping[str, str],
    *,
    host: Host = COMMAND_LINE,
    checks: Iterable[Check] = (),
    tolerated: Iterable[Setting] = (),
) -> Values:
    """The values of these settings. ``checks`` look at settings that depend on each other.

    A wrong text of a ``tolerated`` setting raises nothing by itself: the setting counts as given, has no value, and ``Values.problem`` tells.

    Raises:
        ConfigError: naming every setting that is missing or wrong, never its value.
    """
    values: dict[str, object] = {}
    given: set[str] = set()
    problems: list[SettingProblem] = []
    for wanted in settings:
        text = mapping.get(host.variable(wanted), "").strip()
        if text:
            given.add(wanted.name)
        try:
            values[wanted.name] = _value(wanted, text, host)
        except ValueError as error:
            problems.append(SettingProblem(wanted, str(error)))
            values[wanted.name] = Secret() if isinstance(wanted, SecretField) else wanted.default
    spared = {one.name for one in tolerated}
    known = {problem.setting.name: _said(problem, host) for problem in problems if problem.setting.name in spared}
    found = Values(values, frozenset(given), known)
    problems += [problem for check in checks for problem in check(found)]
    if any(problem.setting.name not in spared for problem in problems):
        raise ConfigError(*dict.fromkeys(_said(problem, host) for problem in problems))
    return found


def _said(problem: SettingProblem, host: Host) -> str:
    return f"{host.variable(problem.setting)} {problem.text}"


def _value(wanted: Setting, text: str, host: Host) -> object:
    """The value of one setting; a ``ValueError`` says what is wrong with its text."""
    if not text:
        if isinstance(wanted, SecretField):
            return Secret()
        if wanted.required:
            raise ValueError(f"is not set: {wanted.required}")
        return wanted.default
    fix = host.unresolved(text)
    if fix is not None:
        raise ValueError(fix)
    kind = host.kind(wanted)
    try:
        value = kind.parse(text)
    except ValueError as error:
        raise ValueError(str(error) or f"must be {kind.form}") from error
    return Secret(value) if isinstance(wanted, SecretField) else value
