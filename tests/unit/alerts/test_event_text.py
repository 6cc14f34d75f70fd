"""How one event of an alert reads: each part from the field that says it, nothing where there is none, and nothing beyond the bound."""

import pytest

from gatewatch.alerts.event_text import MAX_CHARACTERS, event_text
from gatewatch.model import Activity
from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.samples import changed

TOWN = {"city": "Oslo", "country": "NO", "asn": 64500, "as_organization": "Example Net"}
NO_TOWN = {"city": None, "country": None, "asn": None, "as_organization": None}
NOWHERE = {"address": None, "ip": None, **NO_TOWN}

PLACES = [
    pytest.param(console_login(**TOWN), "Oslo, NO, AS64500 Example Net", id="all of it"),
    pytest.param(console_login(**NO_TOWN | {"country": "NO"}), "NO", id="a country"),
    pytest.param(console_login(**NO_TOWN | {"asn": 64500}), "country unknown, AS64500", id="a number of a network"),
    pytest.param(console_login(**NO_TOWN | {"as_organization": "Example Net"}), "country unknown, Example Net", id="a name of a network"),
    pytest.param(console_login(**NOWHERE), "country unknown", id="no address where there should be one"),
    pytest.param(changed(process(), **NOWHERE), "", id="no address where the host is the place"),
    pytest.param(changed(process(), **NOWHERE | {"ip": "198.51.100.7"}), "country unknown", id="a parsed address of a host"),
    pytest.param(changed(process(), **NOWHERE | {"address": "here"}), "country unknown", id="a written address of a host"),
]


@pytest.mark.parametrize(("activity", "place"), PLACES)
def test_the_place(activity: Activity, place: str) -> None:
    assert event_text(activity).place == place


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        pytest.param({"ip": "198.51.100.7", "address": "198.51.100.7:443"}, "198.51.100.7", id="parsed"),
        pytest.param({"ip": None, "address": "AWS Internal"}, "AWS Internal", id="as written"),
        pytest.param({"ip": None, "address": None}, "", id="none"),
    ],
)
def test_the_address(changes: dict[str, str | None], address: str) -> None:
    assert event_text(console_login(**changes)).address == address


def test_the_account_is_labelled_where_there_is_one() -> None:
    assert event_text(console_login(account="111122223333")).account == "AWS account 111122223333"
    assert event_text(process()).account == ""


def test_a_display_name_is_said_unless_it_is_the_name() -> None:
    name = event_text(console_login()).name
    assert event_text(console_login(display_name=name)).display_name == ""
    assert event_text(console_login(display_name="Anaya A.")).display_name == "Anaya A."


@pytest.mark.parametrize(
    ("length", "said"), [pytest.param(300, "x" * 300, id="the longest"), pytest.param(301, "x" * 299 + "…", id="longer")]
)
def test_a_value_is_bounded(length: int, said: str) -> None:
    assert len(said) == MAX_CHARACTERS
    assert event_text(console_login(user_agent="x" * length)).client == said
