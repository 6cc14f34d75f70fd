"""One setting: the variable that holds it, what it means, and how its text becomes a value."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct


class Kind[T](Struct, frozen=True, kw_only=True):
    """A form of text. ``parse`` raises ``ValueError``; what the error says replaces "must be" and the form in the problem."""

    form: str
    parse: Callable[[str], T]


class Field[T](Struct, frozen=True, kw_only=True):
    """A setting with a typed value. ``required`` says why it must be set; an optional one has a default."""

    name: str
    help: str
    kind: Kind[T]
    default: Any = None
    required: str = ""


class SecretField(Struct, frozen=True, kw_only=True):
    """A setting that no log may show. A host that resolves secrets itself is given a reference, in the variable ``reference``."""

    name: str
    reference: str = ""  # empty: no such host reads it
    help: str
    kind: Kind[str]


type Setting = Field[Any] | SecretField


class Secret(Struct, frozen=True):
    """A value that no log and no ``repr`` shows; calling it gives the text."""

    value: str = ""

    def __call__(self) -> str:
        """The text."""
        return self.value

    def __repr__(self) -> str:
        return "Secret(***)" if self.value else "Secret()"

    def __bool__(self) -> bool:
        return bool(self.value)


def setting[T](name: str, kind: Kind[T], default: T, text: str) -> Field[T]:
    """A setting with a default."""
    return Field(name=name, kind=kind, default=default, help=text)


def optional[T](name: str, kind: Kind[T], text: str) -> Field[T | None]:
    """A setting that may be left out."""
    return Field(name=name, kind=kind, help=text)


def required[T](name: str, kind: Kind[T], text: str, *, why: str = "") -> Field[T]:
    """A setting that must be set."""
    return Field(name=name, kind=kind, help=text, required=why or text)
