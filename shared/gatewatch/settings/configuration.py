"""The settings of a host as a builder gets them: typed values, and sources of secrets."""

from collections.abc import Callable
from typing import overload

from ..errors import GatewatchError
from .field import Field, Secret, SecretField, Setting
from .reader import Values

type SecretSource = Callable[[], str]
"""Gives the text of a secret when it is needed."""

type Resolve = Callable[[Secret, type[GatewatchError]], SecretSource]
"""How a host reads a secret that it was given; the source raises the error type while the secret cannot be read."""


def by_value(secret: Secret, _unavailable: type[GatewatchError]) -> SecretSource:
    """The secret came as its value."""
    return secret


class Configuration:
    """Values, and how this host reads its secrets."""

    def __init__(self, values: Values, resolve: Resolve = by_value) -> None:
        self._values, self._resolve = values, resolve

    def __repr__(self) -> str:
        return f"Configuration({self._values!r})"

    @overload
    def __getitem__(self, wanted: SecretField) -> Secret: ...

    @overload
    def __getitem__[T](self, wanted: Field[T]) -> T: ...

    def __getitem__[T](self, wanted: Field[T] | SecretField) -> T | Secret:
        """See ``Values``."""
        return self._values[wanted]

    def given(self, wanted: Setting) -> bool:
        """See ``Values``."""
        return self._values.given(wanted)

    def reads(self, wanted: Setting) -> bool:
        """See ``Values``."""
        return self._values.reads(wanted)

    def problem(self, wanted: Setting) -> str:
        """See ``Values``."""
        return self._values.problem(wanted)

    def secret(self, wanted: SecretField, unavailable: type[GatewatchError]) -> SecretSource:
        """The source of a secret that is set. Nothing is read before it is called."""
        return self._resolve(self._values[wanted], unavailable)
