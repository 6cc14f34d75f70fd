"""What becomes of each record: every one has exactly one disposition, named sign-ins are kept, geography fills gaps only, nothing hostile hides."""

import json
from typing import Any

import pytest

from gatewatch.flow.decoding import decode
from gatewatch.flow.intake import Disposition, Intake, open_chunk, take_in
from gatewatch.model import Event, Place, RawRecord
from gatewatch.tuning import Tuning
from tests.builders.aws import raw_login, raw_root
from tests.builders.common import nonsense
from tests.builders.entra import TENANT, raw_detection, raw_sign_in
from tests.support.channels import NOW


def taken(*records: RawRecord, geo: Any = None, **tuning: Any) -> Intake:
    return take_in(open_chunk(records, geo), Tuning(**tuning), NOW)


def ids(intake: Intake) -> list[str]:
    return [item.evidence.event.vendor_id for item in intake.accepted]


def dispositions(intake: Intake) -> list[tuple[int, str, str]]:
    return sorted([(a.index, "accepted", "") for a in intake.accepted] + [(i.index, i.disposition.value, i.reason) for i in intake.items])


DISPOSITIONS = [
    pytest.param(raw_login(1), "accepted", "", id="login"),
    pytest.param(raw_login(1, success=False), "accepted", "", id="failures-are-evidence"),
    pytest.param(raw_sign_in("s-1"), "accepted", "", id="sign-in-with-risk"),
    pytest.param(raw_sign_in("s-1", level="none"), "ignored", "sign_in_without_risk", id="sign-in-without-risk"),
    pytest.param(raw_detection(1, None), "accepted", "", id="detection"),
    pytest.param(nonsense(1), "refused", "unrecognised_record", id="nonsense"),
    pytest.param(
        RawRecord(data={"category": "ProvisioningLogs", "properties": {}}), "ignored", "diagnostic_category_not_a_sign_in", id="category"
    ),
]


@pytest.mark.parametrize(("record", "disposition", "reason"), DISPOSITIONS)
def test_one_record_has_one_fate(record: RawRecord, disposition: str, reason: str) -> None:
    assert dispositions(taken(record)) == [(0, disposition, reason)]


def test_every_record_of_a_mixed_chunk_has_its_own_fate_under_its_own_index() -> None:
    records = [raw_login(1), nonsense(1), raw_sign_in("s-1", level="none"), RawRecord(data=[raw_login(2).data, nonsense(2).data])]
    assert dispositions(taken(*records)) == [
        (0, "accepted", ""),
        (1, "refused", "unrecognised_record"),
        (2, "ignored", "sign_in_without_risk"),
        (3, "accepted", ""),
        (3, "refused", "unrecognised_record"),
    ]


def test_an_empty_chunk_is_nothing() -> None:
    assert taken() == Intake((), ())


def test_the_origin_and_the_id_travel_with_the_record() -> None:
    [refused, ignored] = taken(nonsense(7), RawRecord(data=raw_sign_in("s-1", level="none").data, origin="page 3")).items
    assert (refused.origin, refused.vendor_id) == ("nonsense:7", "")
    assert (ignored.origin, ignored.vendor_id, ignored.disposition) == ("page 3", "entra|s-1", Disposition.IGNORED)


def test_what_only_the_carrier_knows_is_kept() -> None:
    [item] = taken(RawRecord(data=raw_sign_in("s-1").data, tenant=TENANT, fetched=NOW, origin="o", announced=("sns",))).accepted
    assert (item.evidence.fetched, item.evidence.ingested, item.evidence.event.account) == (NOW, NOW, TENANT)
    assert (item.origin, item.announced) == ("o", ("sns",))


NAMED = [
    pytest.param([raw_sign_in("s-1", level="none"), raw_detection(1, "s-1")], ["entra|s-1", "entra-risk|d-1"], id="before-its-detection"),
    pytest.param([raw_detection(1, "s-1"), raw_sign_in("s-1", level="none")], ["entra-risk|d-1", "entra|s-1"], id="after-it"),
    pytest.param([raw_detection(1, "S-1"), raw_sign_in("s-1", level="none")], ["entra-risk|d-1", "entra|s-1"], id="in-other-case"),
    pytest.param([raw_detection(1, "s-2"), raw_sign_in("s-1", level="none")], ["entra-risk|d-1"], id="another-sign-in"),
    pytest.param([raw_detection(1, None), raw_sign_in("s-1", level="none")], ["entra-risk|d-1"], id="no-sign-in"),
    pytest.param(
        [RawRecord(data={"value": [raw_detection(1, "s-1").data, raw_sign_in("s-1", level="none").data]})],
        ["entra-risk|d-1", "entra|s-1"],
        id="one-page",
    ),
]


@pytest.mark.parametrize(("records", "kept"), NAMED)
def test_sign_ins_that_a_detection_names_are_kept(records: list[RawRecord], kept: list[str]) -> None:
    assert ids(taken(*records)) == kept


def test_a_sign_in_that_was_asked_for_is_kept_whatever_it_says() -> None:
    assert ids(taken(RawRecord(data=raw_sign_in("s-1", level="none").data, wanted=True))) == ["entra|s-1"]


def test_the_tuning_decides_who_is_break_glass() -> None:
    quiet = raw_sign_in("s-1", level="none")
    assert ids(taken(quiet)) == []
    assert ids(taken(quiet, break_glass=("bob@contoso.example",))) == ["entra|s-1"]


class Atlas:
    """Knows one place, and who asked."""

    def __init__(self, place: Place | None) -> None:
        self.place, self.asked = place, list[str]()

    def locate(self, ip: str) -> Place | None:
        self.asked.append(ip)
        return self.place


FOUND = Place(country="SE", region="Uppsala", city="Uppsala", latitude=59.9, longitude=17.6, asn=64500, as_organization="Example")


def located(record: RawRecord, atlas: Atlas) -> Place:
    [item] = taken(record, geo=atlas).accepted
    return item.evidence.event.place


def test_geography_fills_what_is_missing() -> None:
    place = located(raw_login(1), Atlas(FOUND))
    assert (place.ip, place.country, place.city, place.asn, place.as_organization) == ("198.51.100.7", "SE", "Uppsala", 64500, "Example")
    assert (place.region, place.latitude, place.longitude) == ("Uppsala", 59.9, 17.6)


def test_geography_never_overrules_the_record() -> None:
    record = raw_sign_in("s-1", location={"countryOrRegion": "DE", "city": "Berlin", "geoCoordinates": {"latitude": 0.0, "longitude": 0.0}})
    place = located(record, Atlas(FOUND))
    assert (place.country, place.city, place.latitude, place.longitude, place.asn) == ("DE", "Berlin", 0.0, 0.0, 64500)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        pytest.param({}, ["203.0.113.77"], id="the-network-is-missing"),
        pytest.param({"location": {}, "autonomousSystemNumber": 64501}, ["203.0.113.77"], id="the-country-is-missing"),
        pytest.param({"autonomousSystemNumber": 64501}, [], id="nothing-is-missing"),
        pytest.param({"ipAddress": None}, [], id="no-address"),
        pytest.param({"ipAddress": "not an address"}, [], id="no-ip"),
    ],
)
def test_geography_is_asked_only_when_it_can_help(changes: dict[str, Any], asked: list[str]) -> None:
    atlas = Atlas(None)
    located(raw_sign_in("s-1", **changes), atlas)
    assert atlas.asked == asked


def test_geography_never_changes_an_id() -> None:
    """Two clouds, one with and one without a database, store the same evidence once."""
    [with_geo], [without] = taken(raw_login(1), geo=Atlas(FOUND)).accepted, taken(raw_login(1)).accepted
    assert with_geo.evidence.id == without.evidence.id
    assert with_geo.evidence.event.place != without.evidence.event.place


def test_an_unknown_place_stays_unknown() -> None:
    assert located(raw_login(1), Atlas(None)) == taken(raw_login(1)).accepted[0].evidence.event.place
    assert located(raw_login(1), Atlas(Place())).country is None


DEEP: Any = "end"
for _ in range(200):
    DEEP = {"Records": [DEEP]}

HOSTILE = [
    pytest.param(None, id="null"),
    pytest.param("", id="nothing"),
    pytest.param("ConsoleLogin", id="a-word"),
    pytest.param("{" * 10_000, id="braces"),
    pytest.param(0, id="a-number"),
    pytest.param(True, id="true"),
    pytest.param({}, id="empty"),
    pytest.param(DEEP, id="deep"),
    pytest.param({"eventSource": ["signin.amazonaws.com"], "eventName": {"a": 1}, "userIdentity": 7, "eventTime": {}}, id="wrong-types"),
    pytest.param({**raw_root(1).data, "userIdentity": [[]]}, id="identity-of-lists"),  # type: ignore[dict-item] # hostile on purpose
    pytest.param({**raw_sign_in("s-1").data, "status": "0", "location": [], "riskEventTypes_v2": {"x": None}}, id="sign-in-of-wrong-types"),  # type: ignore[dict-item] # same
    pytest.param({**raw_detection(1, None).data, "additionalInfo": "[" * 500, "requestId": ["s-1"]}, id="detection-of-wrong-types"),  # type: ignore[dict-item] # same
    pytest.param({**raw_root(1).data, "eventTime": "+999999-01-01T00:00:00Z"}, id="time-beyond-time"),  # type: ignore[dict-item] # same
    pytest.param(json.loads('{"detail-type": "x", "source": "aws.signin", "detail": "\\ud800"}'), id="half-a-character"),
]


@pytest.mark.parametrize("data", HOSTILE)
def test_what_is_hostile_has_one_fate_and_hurts_nobody(data: Any) -> None:
    alone = dispositions(taken(RawRecord(data=data)))
    among = dispositions(taken(raw_login(1), RawRecord(data=data), raw_login(2)))
    assert alone
    assert all(
        disposition in {"accepted", "ignored", "refused"} and (reason or disposition == "accepted") for _, disposition, reason in alone
    )
    assert among == [(0, "accepted", ""), *((1, disposition, reason) for _, disposition, reason in alone), (2, "accepted", "")]


def test_no_record_disappears() -> None:
    records = [
        raw_login(1),
        nonsense(1),
        raw_sign_in("s-1", level="none"),
        raw_detection(1, "s-1"),
        *(RawRecord(data=p.values[0]) for p in HOSTILE),
    ]
    intake = taken(*records)
    events = [found for record in records for found in decode(record)]
    assert len(intake.accepted) + len(intake.items) == len(events)
    assert len(intake.accepted) <= sum(isinstance(found, Event) for found in events)
