"""Secrets by reference: read once, kept in memory only, read again when the other side refuses them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from gatewatch.errors import ConfigError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_FIELDS = ("encoded", "api_key", "url", "value")


class Secret:
    """The value behind one ARN. ``repr`` shows the ARN and never the value."""

    def __init__(self, arn: str, client: Callable[[], "SecretsManagerClient"]) -> None:
        self.arn = arn
        self._client = client
        self._value: str | None = None

    def __repr__(self) -> str:
        return f"Secret({self.arn!r})"

    def __call__(self) -> str:
        """The value, from memory where it is known.

        Raises:
            ConfigError: the secret holds no usable text. What boto3 raises passes through.
        """
        if self._value is None:
            self._value = _text(self.arn, self._client().get_secret_value(SecretId=self.arn).get("SecretString"))
        return self._value

    def refresh(self) -> str:
        """The value as it is now: for the moment after a rotation, when the old one is refused."""
        self._value = None
        return self()


def _text(arn: str, value: str | None) -> str:
    """A secret is plain text, or a JSON object with one of the usual fields (``gatewatch elastic setup`` prints ``encoded``)."""
    text = (value or "").strip()
    if text.startswith("{"):
        try:
            fields = msgspec.json.decode(text, type=dict[str, object])
        except msgspec.DecodeError:
            fields = {}
        text = next((str(fields[name]) for name in _FIELDS if fields.get(name)), "")
    if not text:
        raise ConfigError(f"the secret {arn} holds no text and none of the fields {', '.join(_FIELDS)}")
    return text
