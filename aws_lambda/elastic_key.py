"""The API key of Elasticsearch, by reference."""

from gatewatch.stores.elastic.endpoint import Authorization

from .secrets import Secret


class KeyInSecret(Authorization):
    """The API key, fetched with the first request that needs it."""

    __slots__ = ("_secret",)

    def __init__(self, secret: Secret) -> None:
        super().__init__("")
        self._secret = secret

    def header(self) -> str:
        """The header's value."""
        return Authorization.api_key(self._secret()).header()
