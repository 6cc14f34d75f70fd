"""Times as vendors, portals and PowerShell's cultures write them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.reading.times import day_first, exact, is_ambiguous, moment, month_first_text

TEN = datetime(2026, 11, 20, 10, 1, tzinfo=UTC)
MILLISECONDS = int(TEN.timestamp() * 1000)
WRITTEN = {
    "ISO": "2026-11-20T10:01:00Z",
    "ISO with seven digits": "2026-11-20 10:01:00.0000000",
    "ISO with an offset": "2026-11-20T05:01:00-05:00",
    "one-digit hours": "2026-11-20T5:01:00-05:00",
    "diagnostic records": "11/20/2026 10:01:00 AM",
    "Log Analytics' portal": "11/20/2026, 10:01:00.000 AM",
    "the narrow space of newer .NET": "11/20/2026 10:01:00\u202fAM",
    "French, British": "20/11/2026 10:01:00",
    "Australian": "20/11/2026 10:01:00 am",
    "Spanish of Mexico": "20/11/2026 10:01:00 a. m.",
    "German": "20.11.2026 10:01:00",
    "Dutch": "20-11-2026 10:01:00",
    "Danish, Finnish": "20-11-2026 10.01.00",
    "Japanese": "2026/11/20 10:01:00",
    "Hungarian": "2026. 11. 20. 10:01:00",
    "Defender's portal": "Nov 20, 2026 10:01:00 AM",
    "PowerShell's long form": "Friday, November 20, 2026 10:01:00 AM",
    "day, name, year": "Friday 20 November 2026 10:01:00",
    "osquery": "Fri Nov 20 10:01:00 2026 UTC",
    ".NET": f"/Date({MILLISECONDS})/",
    ".NET with an offset": f"/Date({MILLISECONDS}+0100)/",
    "PowerShell 5": {"value": f"/Date({MILLISECONDS})/", "DisplayHint": 2, "DateTime": "vendredi 20 novembre 2026 10:01:00"},
    "MongoDB": {"$date": "2026-11-20T10:01:00Z"},
    "seconds": MILLISECONDS // 1000,
    "milliseconds as text": str(MILLISECONDS),
    "microseconds": MILLISECONDS * 1_000,
    "nanoseconds as text": f"{MILLISECONDS}000000",
    "a float as text": "1.79516886E9",
    ".NET's ticks": 621_355_968_000_000_000 + MILLISECONDS * 10_000,
    ".NET's ticks as text": str(621_355_968_000_000_000 + MILLISECONDS * 10_000),
    "Windows' FILETIME as text": str(116_444_736_000_000_000 + MILLISECONDS * 10_000),
    "ISO without marks": "20261120T100100Z",
    "ISO without marks or T": "20261120100100",
    "an offset of hours": "2026-11-20T11:01:00.000+01",
    "Java": "2026-11-20T11:01:00+01:00[Europe/Berlin]",
    "Java in UTC": "2026-11-20T10:01:00[UTC]",
    "date(1)": "Fri Nov 20 10:01:00 UTC 2026",
    "Kibana's CSV": "Nov 20, 2026 @ 10:01:00.000",
    "web servers": "20/Nov/2026:10:01:00 +0000",
    "MongoDB's canonical form": {"$date": {"$numberLong": str(MILLISECONDS)}},
    "protobuf": {"seconds": MILLISECONDS // 1000, "nanos": 0},
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_the_same_moment_in_many_forms(written):
    assert moment(written) == TEN
    assert not is_ambiguous(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "zero",
        "2026-11-20",
        "2026-11-20T10:01:00[Europe/Berlin]",
        "2026-11-20T10:01:00 EST",
        "1.79517E+12",
        "999999999999999999",
        {"seconds": None},
        {"$date": {"$numberLong": "x"}},
        "13/13/2026 10:00:00",
        "2026-02-30T10:00:00Z",
        "vendredi 20 novembre 2026",
        {},
        {"value": {}},
        [],
        None,
        True,
        "1" * 70,
    ],
    ids=str,
)
def test_what_is_no_time_is_none(written):
    assert moment(written) is None


def test_slashes_without_a_hint_are_month_first_and_said_to_be_ambiguous():
    assert moment("05/11/2026 10:01:00") == datetime(2026, 5, 11, 10, 1, tzinfo=UTC)
    assert is_ambiguous("05/11/2026 10:01:00")
    assert not is_ambiguous("5/11/2026 10:01:00 AM")
    assert not is_ambiguous("05/05/2026 10:01:00")


def test_one_clear_date_decides_the_order_of_the_others():
    assert day_first(["05/11/2026 10:01:00", "20/11/2026 10:01:00"]) is True
    assert day_first(["05/11/2026 10:01:00", "11/20/2026 10:01:00"]) is False
    assert day_first(["05/11/2026 10:01:00", None, "2026-11-20T10:01:00Z"]) is None
    assert moment(month_first_text("05/11/2026 10:01:00")) == datetime(2026, 11, 5, 10, 1, tzinfo=UTC)
    assert month_first_text("2026-11-20T10:01:00Z") == "2026-11-20T10:01:00Z"


CULTURES = (
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%b %d, %Y %I:%M:%S %p",
    "%A, %B %d, %Y %I:%M:%S %p",
)


@given(st.integers(0, 40 * 365 * 86400), st.sampled_from(CULTURES))
def test_a_written_moment_is_read_back(seconds, culture):
    written = datetime(1990, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    assert moment(written.strftime(culture)) == written


@given(
    st.one_of(
        st.text(max_size=70), st.integers(), st.floats(), st.dictionaries(st.sampled_from(["value", "DateTime", "x"]), st.text(max_size=40))
    )
)
def test_anything_else_is_a_time_or_none(value):
    found = moment(value)
    assert found is None or found.tzinfo is not None
    assert is_ambiguous(value) in {True, False}


EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,8})?Z", re.ASCII)
OTHER_FORMS = (
    "2026-11-20T10:01:00Z", "2026-11-20T10:01:00.1234567Z", "2026-W47-5T10:01:00Z", "20261120T100100.12345Z", "2026-11-20T10:01-01:00Z",
    "2026-11-20T10:01:00+01:00", "2026-11-20T10:01:00,123Z", "2026-11-20 10:01:00.123Z", "2026-11-20T100100.1234Z", "2026W47-5T10:01:00.1Z",
    "2026-11-20T10:01.00Z", "2026-11-20T10:01.00.1Z", "2026-11-20T10:01:00.123456TZ",
)  # fmt: skip


@given(
    st.sampled_from(OTHER_FORMS),
    st.dictionaries(st.integers(0, 27), st.sampled_from("0123456789-:.,TZW+ \u0661"), max_size=4),
    st.integers(20, 28),
)
def test_an_exact_time_is_in_one_form_only(text, changes, length):
    written = "".join(changes.get(place, char) for place, char in enumerate(text.ljust(length, "0")))[: length - 1] + "Z"

    found = exact(written)

    assert found is None or (EXACT.fullmatch(written) is not None and found == moment(written) and found.tzinfo is UTC)


@pytest.mark.parametrize("written", OTHER_FORMS)
def test_the_exact_times_among_forms_of_a_time(written):
    assert (exact(written) is not None) is (EXACT.fullmatch(written) is not None)


@pytest.mark.parametrize(("year", "known"), [(1989, False), (1990, True), (9989, True), (9990, False)])
def test_an_exact_time_lies_within_the_years_that_are_read(year, known):
    assert (exact(f"{year}-11-20T10:01:00Z") is not None) is known
