"""What the endpoint stream was told. It is off until ``ENDPOINT_INDICES`` is set, and what is wrong with it stops no other stream."""

from collections.abc import Mapping

from msgspec import Struct

from gatewatch.errors import ConfigError
from gatewatch.stores.elastic.process_events import INDICES, MOST_PAGE, PAGE, pattern

from .settings import Reader, Secret

PLACE = ("ELASTIC_URL", "ELASTIC_CA_FILE", "ELASTIC_CA_FINGERPRINT")


class EndpointSettings(Struct, frozen=True, kw_only=True):
    """Which indices are read, and how their Elasticsearch is reached: by the names that ``gatewatch.stores.elastic.open_client`` knows."""

    indices: tuple[str, ...] = INDICES
    overlap_minutes: int = 120
    page_size: int = PAGE
    place: dict[str, str] = {}
    api_key: Secret = Secret()

    def connection(self) -> dict[str, str]:
        """Address and key; not for logs."""
        return {**self.place, "ELASTIC_API_KEY": self.api_key.value}


def read(mapping: Mapping[str, str]) -> EndpointSettings | None:
    """The settings in this mapping, None where the stream is off; raises ``ConfigError`` naming every problem at once."""
    r = Reader(mapping)
    listed = r.text("ENDPOINT_INDICES")
    d = EndpointSettings()
    settings = EndpointSettings(
        indices=_indices(r, listed or ""),
        overlap_minutes=r.whole("ENDPOINT_OVERLAP_MINUTES", d.overlap_minutes, 10, 7 * 24 * 60),
        page_size=r.whole("ENDPOINT_PAGE_SIZE", d.page_size, 1, MOST_PAGE),
        place=_place(r),
        api_key=_key(r),
    )
    if listed is None:
        return None
    if not settings.place:
        r.problems.append("ENDPOINT_ELASTIC_URL is not set, and ELASTIC_URL is not either: where the endpoint indices are")
    if not settings.api_key:
        r.problems.append("ENDPOINT_ELASTIC_API_KEY is not set: a key that may read ENDPOINT_INDICES; ELASTIC_API_KEY goes nowhere else")
    if r.problems:
        raise ConfigError(*dict.fromkeys(r.problems))
    return settings


def _indices(r: Reader, listed: str) -> tuple[str, ...]:
    """``default`` means the agents' own names."""
    if listed in {"", "default"}:
        return INDICES
    found = tuple(dict.fromkeys(part.strip() for part in listed.split(",") if part.strip()))
    for name in found:
        try:
            pattern(name)
        except ConfigError as error:
            r.problems.append(f"ENDPOINT_INDICES: {error}")
    return found


def _place(r: Reader) -> dict[str, str]:
    """An Elasticsearch of its own with its own certificate, else that of the alerts."""
    r.url("ENDPOINT_ELASTIC_URL")
    own, home = ({name: value for name in PLACE if (value := r.text(prefix + name))} for prefix in ("ENDPOINT_", ""))
    return own if "ELASTIC_URL" in own else home


def _key(r: Reader) -> Secret:
    """Its own key; that of the alerts goes to their own cluster only."""
    own, home = r.text("ENDPOINT_ELASTIC_API_KEY"), r.text("ELASTIC_API_KEY")
    return Secret(own or ("" if r.text("ENDPOINT_ELASTIC_URL") else home) or "")
