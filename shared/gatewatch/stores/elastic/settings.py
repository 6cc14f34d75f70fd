"""A client or a store from settings, wherever they come from."""

from collections.abc import Callable, Mapping

from ...errors import ConfigError
from .budget import RequestLimits
from .client import Client
from .endpoint import Authorization, Endpoint, endpoint
from .store import ElasticStore

SETTINGS: dict[str, str] = {
    "ELASTIC_URL": "https address of Elasticsearch (this or the Cloud ID)",
    "ELASTIC_CLOUD_ID": "Cloud ID as Elastic Cloud shows it",
    "ELASTIC_API_KEY": "API key, encoded (base64) or as id:key",
    "ELASTIC_USERNAME": "user name, for set-up only: a key cannot make keys with rights of their own",
    "ELASTIC_PASSWORD": "password of that user",
    "ELASTIC_CA_FILE": "file with the certificate authority, where it is a private one",
    "ELASTIC_CA_FINGERPRINT": "or its SHA-256 fingerprint in hex, as Elasticsearch prints it",
    "ELASTIC_NAMESPACE": "namespace of the evidence's data stream (default: default)",
}


def place(settings: Mapping[str, str]) -> Endpoint:
    """The address that the settings name; raises ``ConfigError``."""
    return endpoint(
        settings.get("ELASTIC_URL", ""),
        cloud_id=settings.get("ELASTIC_CLOUD_ID", ""),
        ca_file=settings.get("ELASTIC_CA_FILE"),
        fingerprint=settings.get("ELASTIC_CA_FINGERPRINT"),
    )


def credential(settings: Mapping[str, str]) -> Authorization:
    """The key, or the user and password; raises ``ConfigError`` when there is neither."""
    if key := settings.get("ELASTIC_API_KEY"):
        return Authorization.api_key(key)
    if user := settings.get("ELASTIC_USERNAME"):
        return Authorization.basic(user, settings.get("ELASTIC_PASSWORD", ""))
    raise ConfigError("ELASTIC_API_KEY is not set; `gatewatch elastic setup` makes one")


def open_client(
    settings: Mapping[str, str], *, remaining: Callable[[], float] | None = None, limits: RequestLimits | None = None
) -> Client:
    """A client; nothing is connected before its first request. Raises ``ConfigError``."""
    return Client(place(settings), credential(settings), remaining=remaining, limits=limits)


def namespace(settings: Mapping[str, str]) -> str:
    """The data stream's namespace; raises ``ConfigError`` for one that Elasticsearch refuses."""
    name = settings.get("ELASTIC_NAMESPACE") or "default"
    if len(name) > 100 or name != name.lower() or set(name) & set(r'\/*?"<>| ,#:-'):
        raise ConfigError('ELASTIC_NAMESPACE must be lower case, without blanks, dashes or any of \\ / * ? " < > | , # :')
    return name


def open_elastic(settings: Mapping[str, str], *, remaining: Callable[[], float] | None = None) -> ElasticStore:
    """The store that the settings name; ``remaining`` says how many seconds the caller still has. Raises ``ConfigError``."""
    return ElasticStore(open_client(settings, remaining=remaining), namespace=namespace(settings))
