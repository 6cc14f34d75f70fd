"""A client or a store from settings, wherever they come from."""

from collections.abc import Callable, Mapping

from ...errors import ConfigError, StoreUnavailable
from ...settings import Configuration, Secret, read
from ..settings import (
    ELASTIC,
    ELASTIC_API_KEY,
    ELASTIC_CA_FILE,
    ELASTIC_CA_FINGERPRINT,
    ELASTIC_CLOUD_ID,
    ELASTIC_NAMESPACE,
    ELASTIC_PASSWORD,
    ELASTIC_PERSONAL,
    ELASTIC_PRODUCT,
    ELASTIC_PROXY,
    ELASTIC_URL,
    ELASTIC_USERNAME,
    KIBANA_URL,
)
from .budget import RequestLimits
from .client import ELASTICSEARCH, OPENSEARCH, Client
from .endpoint import Authorization, Endpoint, KeyFromSource, endpoint
from .store import ElasticStore


def place(configuration: Configuration, url: str = "") -> Endpoint:
    """The address that the settings name, or ``url`` with their trust; raises ``ConfigError``."""
    return endpoint(
        url or configuration[ELASTIC_URL] or "",
        cloud_id="" if url else configuration[ELASTIC_CLOUD_ID] or "",
        ca_file=configuration[ELASTIC_CA_FILE],
        fingerprint=configuration[ELASTIC_CA_FINGERPRINT],
        proxy=configuration[ELASTIC_PROXY] if configuration.reads(ELASTIC_PROXY) else None,
    )


def is_opensearch(configuration: Configuration) -> bool:
    """Whether the settings name an OpenSearch."""
    return configuration.reads(ELASTIC_PRODUCT) and configuration[ELASTIC_PRODUCT] == "opensearch"


def authorization(configuration: Configuration) -> Authorization:
    """The API key, else a person's name and password; raises ``ConfigError`` when there is neither.

    Where the host was given a reference to the key, it is read with the first request.
    """
    if configuration[ELASTIC_API_KEY]:
        source = configuration.secret(ELASTIC_API_KEY, StoreUnavailable)
        made = Authorization.user if is_opensearch(configuration) else Authorization.api_key
        return made(source()) if isinstance(source, Secret) else KeyFromSource(source, made)
    user = configuration[ELASTIC_USERNAME] if configuration.reads(ELASTIC_USERNAME) else None
    if user:
        return Authorization.basic(user, configuration[ELASTIC_PASSWORD]())
    raise ConfigError("ELASTIC_API_KEY is not set; `gatewatch elastic setup` makes one")


def elastic_client(
    configuration: Configuration, url: str = "", *, remaining: Callable[[], float] | None = None, limits: RequestLimits | None = None
) -> Client:
    """A client; nothing is connected before its first request. ``remaining`` says how many seconds the caller still has."""
    peer = OPENSEARCH if is_opensearch(configuration) else ELASTICSEARCH
    return Client(place(configuration, url), authorization(configuration), remaining=remaining, limits=limits, peer=peer)


def elastic_store(configuration: Configuration, url: str = "", *, remaining: Callable[[], float] | None = None) -> ElasticStore:
    """The store that the settings name. Raises ``ConfigError``."""
    client = elastic_client(configuration, url, remaining=remaining)
    return ElasticStore(client, namespace=configuration[ELASTIC_NAMESPACE], data_streams_only=not is_opensearch(configuration))


def elastic_settings(variables: Mapping[str, str]) -> Configuration:
    """The settings of Elasticsearch alone, a person's included, from variables; raises ``ConfigError``."""
    return Configuration(read((*ELASTIC, *ELASTIC_PERSONAL), variables))


def open_kibana(variables: Mapping[str, str]) -> Client:
    """A client of the Kibana that the settings name, with Elasticsearch's credential and trust. Raises ``ConfigError``."""
    from .kibana.push import KIBANA  # noqa: PLC0415 - only the command line speaks to Kibana

    configuration = elastic_settings(variables)
    url = configuration[KIBANA_URL]
    if not url:
        raise ConfigError("KIBANA_URL is not set: the address of Kibana, such as https://kibana.example/s/security")
    return Client(place(configuration, url), authorization(configuration), peer=KIBANA)


def open_client(
    variables: Mapping[str, str], *, remaining: Callable[[], float] | None = None, limits: RequestLimits | None = None
) -> Client:
    """A client from variables. Raises ``ConfigError``."""
    return elastic_client(elastic_settings(variables), remaining=remaining, limits=limits)


def open_elastic(variables: Mapping[str, str], *, remaining: Callable[[], float] | None = None) -> ElasticStore:
    """A store from variables. Raises ``ConfigError``."""
    return elastic_store(elastic_settings(variables), remaining=remaining)
