"""What the endpoint stream is told. It is off until ``ENDPOINT_INDICES`` is set, and what is wrong with it stops no other stream."""

from collections.abc import Mapping

from msgspec import Struct

from gatewatch.errors import ConfigError
from gatewatch.providers.catalogue import provider_named
from gatewatch.settings import Kind, Secret, SecretField, Setting, SettingProblem, Values, optional, read, setting
from gatewatch.settings.kinds import TEXT, URL, separated, whole
from gatewatch.stores import settings as stores
from gatewatch.stores.elastic.index_pages import MOST_PAGE, PAGE, pattern

from .settings import HOST

_PROVIDER = provider_named("endpoint")
INDICES = _PROVIDER.indices if _PROVIDER is not None else ()
"""The agents' own names."""


class EndpointSettings(Struct, frozen=True, kw_only=True):
    """Which indices are read, and how their Elasticsearch is reached: by the names that ``gatewatch.stores.elastic.open_client`` knows."""

    indices: tuple[str, ...] = INDICES
    overlap_minutes: int = 120
    page_size: int = PAGE
    place: dict[str, str] = {}
    api_key: Secret = Secret()

    def connection(self) -> dict[str, str]:
        """Address and key; not for logs."""
        return {**self.place, stores.ELASTIC_API_KEY.name: self.api_key.value}


def _indices(text: str) -> tuple[str, ...]:
    """``default`` means the agents' own names."""
    found = INDICES if text == "default" else separated(text)
    try:
        return tuple(pattern(name) for name in found)
    except ConfigError as error:
        raise ValueError(f"is wrong: {error}") from error


_DEFAULT = EndpointSettings()
ENDPOINT_INDICES = optional(
    "ENDPOINT_INDICES",
    Kind(form="default, or index patterns, comma-separated", parse=_indices),
    "switches the endpoint stream on: `default`, or index patterns, comma-separated",
)
ENDPOINT_ELASTIC_URL = optional(
    "ENDPOINT_ELASTIC_URL", URL, "Elasticsearch that holds the endpoint events; by default the one of the alerts"
)
ENDPOINT_ELASTIC_API_KEY = SecretField(
    name="ENDPOINT_ELASTIC_API_KEY",
    kind=TEXT,
    help="a key that may read them; by default `ELASTIC_API_KEY`, which never goes to another address",
)
ENDPOINT_ELASTIC_CA_FILE = optional("ENDPOINT_ELASTIC_CA_FILE", TEXT, "private certificate authority of that Elasticsearch")
ENDPOINT_ELASTIC_CA_FINGERPRINT = optional(
    "ENDPOINT_ELASTIC_CA_FINGERPRINT", stores.ELASTIC_CA_FINGERPRINT.kind, "or the SHA-256 fingerprint of its certificate"
)
ENDPOINT_OVERLAP_MINUTES = setting(
    "ENDPOINT_OVERLAP_MINUTES",
    whole(10, 7 * 24 * 60),
    _DEFAULT.overlap_minutes,
    "how far endpoint events are read again, because machines that were offline ship late",
)
ENDPOINT_PAGE_SIZE = setting("ENDPOINT_PAGE_SIZE", whole(1, MOST_PAGE), PAGE, "documents a page; halved while they are large")

SETTINGS: tuple[Setting, ...] = (
    ENDPOINT_INDICES,
    ENDPOINT_ELASTIC_URL,
    ENDPOINT_ELASTIC_API_KEY,
    ENDPOINT_ELASTIC_CA_FILE,
    ENDPOINT_ELASTIC_CA_FINGERPRINT,
    ENDPOINT_OVERLAP_MINUTES,
    ENDPOINT_PAGE_SIZE,
)
_OWN = (ENDPOINT_ELASTIC_URL, ENDPOINT_ELASTIC_CA_FILE, ENDPOINT_ELASTIC_CA_FINGERPRINT)
_HOME = (stores.ELASTIC_URL, stores.ELASTIC_CA_FILE, stores.ELASTIC_CA_FINGERPRINT)


def load(environment: Mapping[str, str]) -> EndpointSettings | None:
    """The settings in this mapping, None where the stream is off; raises ``ConfigError`` naming every problem at once."""
    if not environment.get(ENDPOINT_INDICES.name, "").strip():
        return None
    values = read((*SETTINGS, *_HOME, stores.ELASTIC_API_KEY), environment, host=HOST, checks=(_reachable,))
    indices = values[ENDPOINT_INDICES]
    own = values[ENDPOINT_ELASTIC_URL] is not None
    place = {home.name: values[one] for home, one in zip(_HOME, _OWN if own else _HOME, strict=True)}
    return EndpointSettings(
        indices=indices or INDICES,
        overlap_minutes=values[ENDPOINT_OVERLAP_MINUTES],
        page_size=values[ENDPOINT_PAGE_SIZE],
        place={name: value for name, value in place.items() if value},
        api_key=_key(values),
    )


def _key(values: Values) -> Secret:
    """Its own key; that of the alerts goes to their own cluster only."""
    own, home = values[ENDPOINT_ELASTIC_API_KEY], values[stores.ELASTIC_API_KEY]
    return own or (Secret() if values.given(ENDPOINT_ELASTIC_URL) else home)


def _reachable(values: Values) -> list[SettingProblem]:
    found: list[SettingProblem] = []
    if not values.given(ENDPOINT_ELASTIC_URL) and not values.given(stores.ELASTIC_URL):
        found.append(SettingProblem(ENDPOINT_ELASTIC_URL, "is not set, and ELASTIC_URL is not either: where the endpoint indices are"))
    if not values.given(ENDPOINT_ELASTIC_API_KEY) and not _key(values):
        found.append(
            SettingProblem(ENDPOINT_ELASTIC_API_KEY, "is not set: a key that may read ENDPOINT_INDICES; ELASTIC_API_KEY goes nowhere else")
        )
    return found
