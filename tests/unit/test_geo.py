"""Where an address is, from MMDB files of the shapes that vendors publish."""

from pathlib import Path

import pytest

from gatewatch.errors import ConfigError
from gatewatch.geo import MmdbGeo, open_geo
from gatewatch.model import Place
from tests.support.mmdb import mmdb

COUNTRY = {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Berlin"}}, "location": {"latitude": 52.5, "longitude": 13.4}}
ASN = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example Net"}
FLAT = {"country_code": "fr", "asn": "AS64501", "as_name": "Flat Net"}


@pytest.fixture
def geo(tmp_path: Path) -> MmdbGeo:
    city = mmdb(tmp_path, "city.mmdb", {"198.51.100.0/24": COUNTRY, "192.0.2.0/24": {"registered_country": {"iso_code": "US"}}})
    return MmdbGeo([city, mmdb(tmp_path, "asn.mmdb", {"198.51.100.0/24": ASN, "2001:db8::/32": FLAT})])


TABLE = [
    pytest.param(
        "198.51.100.7",
        Place(country="DE", city="Berlin", latitude=52.5, longitude=13.4, asn=64500, as_organization="Example Net"),
        id="two-files-answer",
    ),
    pytest.param("192.0.2.1", Place(country="US"), id="registered-country"),
    pytest.param("2001:db8::1", Place(country="FR", asn=64501, as_organization="Flat Net"), id="flat-records"),
    pytest.param("203.0.113.9", None, id="unknown-address"),
    pytest.param("AWS Internal", None, id="not-an-address"),
]


@pytest.mark.parametrize(("ip", "place"), TABLE)
def test_locate(geo: MmdbGeo, ip: str, place: Place | None) -> None:
    assert geo.locate(ip) == place


def test_every_bad_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.mmdb").write_bytes(b"no")
    with pytest.raises(ConfigError) as error:
        MmdbGeo([tmp_path / "gone.mmdb", tmp_path / "bad.mmdb"])
    assert error.value.problems == ("GATEWATCH_GEO: no such file: gone.mmdb", "GATEWATCH_GEO: bad.mmdb is not an MMDB file")


@pytest.mark.parametrize("setting", [None, "", " , "])
def test_no_setting_is_no_geography(setting: str | None) -> None:
    assert open_geo(setting) is None


def test_the_setting_names_files(tmp_path: Path) -> None:
    found = open_geo(f" {mmdb(tmp_path, 'a.mmdb', {'198.51.100.0/24': ASN}, version=4)} ,")
    assert found is not None
    assert found.locate("198.51.100.1") == Place(asn=64500, as_organization="Example Net")
    assert found.locate("2001:db8::1") is None
