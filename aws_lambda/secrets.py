"""Secrets by reference: read when first needed, kept in memory only, read again when the other side refuses them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from gatewatch.errors import GatewatchError
from gatewatch.settings import Secret, SecretSource

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_FIELDS = ("encoded", "api_key", "url", "value")


class SecretByArn:
    """The text behind one ARN. ``repr`` shows the ARN and never the text; every failure becomes ``unavailable``, which callers retry."""

    def __init__(self, arn: str, client: Callable[[], "SecretsManagerClient"], unavailable: type[GatewatchError]) -> None:
        self.arn = arn
        self._client = client
        self._unavailable = unavailable
        self._text: str | None = None

    def __repr__(self) -> str:
        return f"SecretByArn({self.arn!r})"

    def __call__(self) -> str:
        """The text, from memory where it is known; raises ``unavailable``, naming the ARN and AWS's error code."""
        if self._text is None:
            self._text = self._read()
        return self._text

    def renew(self) -> bool:
        """Read it again; whether it was known and has changed, as after a rotation."""
        if self._text is None:
            return False
        try:
            before, self._text = self._text, self._read()
        except self._unavailable:
            return False
        return self._text != before

    def forget(self) -> None:
        """Read it again when it is needed next: whatever it is for did not work."""
        self._text = None

    def _read(self) -> str:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with boto3, see clients.py

        try:
            found = self._client().get_secret_value(SecretId=self.arn).get("SecretString", "")
        except ClientError as error:
            raise self._unavailable(f"secret {self.arn}: {error.response.get('Error', {}).get('Code', 'unknown')}") from error
        except BotoCoreError as error:
            raise self._unavailable(f"secret {self.arn}: {type(error).__name__}") from error
        text = plain(found)
        if not text:
            raise self._unavailable(f"secret {self.arn} holds no text, and none of the fields {', '.join(_FIELDS)}")
        if not text.isascii() or not text.isprintable():
            raise self._unavailable(f"secret {self.arn} holds characters that neither a key nor an address has")
        return text


class Secrets:
    """Reads secrets by their ARNs; ``known`` holds them in the order in which they were asked for."""

    def __init__(self, client: Callable[[], "SecretsManagerClient"]) -> None:
        self._client = client
        self.known: list[SecretByArn] = []

    def source(self, arn: Secret, unavailable: type[GatewatchError]) -> SecretSource:
        """The source of one secret; nothing is read before it is called."""
        self.known.append(SecretByArn(arn(), self._client, unavailable))
        return self.known[-1]


def plain(found: str) -> str:
    """A secret is plain text, or a JSON object with one of the usual fields (Elasticsearch's own answer has ``encoded``)."""
    text = found.strip()
    if not text.startswith("{"):
        return text
    try:
        fields = msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError:
        return ""
    return next((value.strip() for name in _FIELDS if isinstance(value := fields.get(name), str) and value.strip()), "")
