"""Secrets by reference: read when first needed, kept in memory only, read again when the other side refuses them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from gatewatch.errors import GatewatchError
from gatewatch.settings import Secret, SecretSource

from .extension import Reader

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_FIELDS = ("encoded", "api_key", "url", "value")


class SecretByArn:
    """The text behind one ARN. ``repr`` shows the ARN and never the text; every failure becomes ``unavailable``, which callers retry.

    ``cached`` is asked first, and never again once the other side refused what it gave: Secrets Manager itself knows a rotated secret.
    """

    def __init__(
        self,
        arn: str,
        client: Callable[[], "SecretsManagerClient"],
        unavailable: type[GatewatchError],
        cached: Reader | None = None,
    ) -> None:
        self.arn = arn
        self._client = client
        self._unavailable = unavailable
        self._cached = cached
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
        self._cached = None
        try:
            before, self._text = self._text, self._read()
        except self._unavailable:
            return False
        return self._text != before

    def forget(self) -> None:
        """Read it again when it is needed next: whatever it is for did not work."""
        self._text = self._cached = None

    def _read(self) -> str:
        found = self._cached(self.arn) if self._cached is not None else None
        return self._checked(found if found is not None else self._from_secrets_manager())

    def _from_secrets_manager(self) -> str:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with boto3, see clients.py

        try:
            return self._client().get_secret_value(SecretId=self.arn).get("SecretString", "")
        except ClientError as error:
            raise self._unavailable(f"secret {self.arn}: {error.response.get('Error', {}).get('Code', 'unknown')}") from error
        except BotoCoreError as error:
            raise self._unavailable(f"secret {self.arn}: {type(error).__name__}") from error

    def _checked(self, found: str) -> str:
        text = plain(found)
        if not text:
            raise self._unavailable(f"secret {self.arn} holds no text, and none of the fields {', '.join(_FIELDS)}")
        if not text.isascii() or not text.isprintable():
            raise self._unavailable(f"secret {self.arn} holds characters that neither a key nor an address has")
        return text


class Secrets:
    """Reads secrets by their ARNs; ``known`` holds them in the order in which they were asked for."""

    def __init__(self, client: Callable[[], "SecretsManagerClient"], cached: Reader | None = None) -> None:
        self._client = client
        self._cached = cached
        self.known: list[SecretByArn] = []

    def source(self, arn: Secret, unavailable: type[GatewatchError]) -> SecretSource:
        """The source of one secret; nothing is read before it is called."""
        self.known.append(SecretByArn(arn(), self._client, unavailable, self._cached))
        return self.known[-1]


def plain(found: str) -> str:
    """A secret is plain text, or a JSON object with one of the usual fields (Elasticsearch's own answer has ``encoded``).

    An object with ``username`` and ``password``, as Secrets Manager writes a user of a database, is ``username:password``.
    """
    text = found.strip()
    if not text.startswith("{"):
        return text
    try:
        fields = msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError:
        return ""
    user, password = fields.get("username"), fields.get("password")
    if isinstance(user, str) and isinstance(password, str) and user and password:
        return f"{user}:{password}"
    return next((value.strip() for name in _FIELDS if isinstance(value := fields.get(name), str) and value.strip()), "")
