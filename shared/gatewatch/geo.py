"""Country and autonomous system of an address, from optional MaxMind DB files (MMDB): GeoLite2, GeoIP2, DB-IP or IPinfo.

Format: MaxMind DB file format specification 2.0, https://maxmind.github.io/MaxMind-DB/
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import ConfigError
from .model import Place
from .ports import Geo
from .settings import optional
from .settings.kinds import TEXT

GATEWATCH_GEO = optional(
    "GATEWATCH_GEO",
    TEXT,
    "MMDB files, comma-separated, that give the country and network of an address; without them they stay unknown for AWS events",
)
_HINT = "install maxminddb, or leave the setting empty"


class MmdbGeo:
    """Looks up addresses in one or more MMDB files. The first file that has a fact is used for it."""

    def __init__(self, files: Sequence[Path]) -> None:
        """Open the files.

        Raises:
            ConfigError: a file is missing or is not an MMDB file, or the reader is not installed.
        """
        try:
            import maxminddb  # noqa: PLC0415 - the reader is imported only when a file is set
        except ImportError as error:
            raise ConfigError(f"GATEWATCH_GEO needs the maxminddb package: {_HINT}") from error
        problems: list[str] = []
        self._readers: list[Any] = []
        for file in files:
            try:
                self._readers.append(maxminddb.open_database(str(file)))
            except FileNotFoundError:
                problems.append(f"GATEWATCH_GEO: no such file: {file.name}")
            except (maxminddb.InvalidDatabaseError, ValueError, OSError):
                problems.append(f"GATEWATCH_GEO: {file.name} is not an MMDB file")
        if problems:
            raise ConfigError(*problems)

    def locate(self, ip: str) -> Place | None:
        """What the files say about this address, or None."""
        found: dict[str, Any] = {}
        for reader in self._readers:
            try:
                record = reader.get(ip)
            except ValueError:
                return None  # not an address, or an IPv6 address in an IPv4 file
            if isinstance(record, Mapping):
                found = {**_facts(record), **found}
        return Place(**found) if found else None


def open_geo(setting: str | None) -> Geo | None:
    """Open the files named in ``GATEWATCH_GEO`` (separated by commas); None when the setting is empty.

    Raises:
        ConfigError: for the same reasons as ``MmdbGeo``.
    """
    files = [Path(part.strip()) for part in (setting or "").split(",") if part.strip()]
    return MmdbGeo(files) if files else None


def geo_unless_broken(setting: str | None, report: Callable[[str], None]) -> Geo | None:
    """Like ``open_geo``, but a bad file does not stop detection: each problem is passed to ``report``, and None is returned."""
    try:
        return open_geo(setting)
    except ConfigError as error:
        for problem in error.problems:
            report(problem)
        return None


def _facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of one record. GeoLite2, GeoIP2 and DB-IP nest them; IPinfo's files are flat."""
    country = _path(record, "country", "iso_code") or _path(record, "registered_country", "iso_code") or record.get("country_code")
    if country is None and isinstance(record.get("country"), str):
        country = record["country"]
    number = record.get("autonomous_system_number") or _as_number(record.get("asn"))
    facts = {
        "country": country.upper() if isinstance(country, str) and len(country) == len("DE") else None,
        "city": _path(record, "city", "names", "en"),
        "latitude": _path(record, "location", "latitude"),
        "longitude": _path(record, "location", "longitude"),
        "asn": number if isinstance(number, int) else None,
        "as_organization": record.get("autonomous_system_organization") or record.get("as_name"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _as_number(text: object) -> int | None:
    digits = text.removeprefix("AS") if isinstance(text, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _path(record: Mapping[str, Any], *keys: str) -> Any:  # noqa: ANN401 - the JSON edge
    value: Any = record
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
