"""Replay: neither the order of files nor the size of batches decides anything; every record is counted once; again changes nothing."""

from collections import Counter
from collections.abc import Sequence

import pytest

from gatewatch.evidence import links
from gatewatch.flow.replay import Replayed, replay
from gatewatch.flow.tally import REFUSED_KEPT
from gatewatch.model import Alert, Evidence, RawRecord, Refused
from gatewatch.ports import AlertQuery, Appended, AppendResult
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import raw_login, raw_root
from tests.builders.common import nonsense
from tests.builders.entra import raw_detection, raw_sign_in
from tests.laws.stage import plain
from tests.support.channels import Channel, bundle

UNREADABLE = Refused(origin="broken.json:3", reason="not_json", detail="line 3")
FILLER = [raw_login(100 + n, n % 240, f"user{n}", mfa="Yes") for n in range(1_100)]
"""More than one reading batch of records that make no alert."""
GAP = [nonsense(n) for n in range(1_100)]
"""The same of records that are refused at once: what lies before and behind it is never in one batch."""
PASSED_OVER = {"refused:unrecognised_record": len(GAP)}

FILES: list[list[RawRecord | Refused]] = [
    [raw_login(1, 0), raw_login(2, 40), raw_root(1, 90), nonsense(1)],
    [raw_sign_in("s-1", 10, level="none"), raw_sign_in("s-2", 20, level="none"), raw_sign_in("s-3", 30)],
    [UNREADABLE, *FILLER],
    [
        raw_detection(1, "s-1", 10, "high"),
        raw_detection(2, "gone", 50),
        raw_detection(3, None, 70),
        raw_login(3, 60, "bob@contoso.example", mfa="Yes"),
        raw_login(1, 0),
    ],
]


def run(files: Sequence[Sequence[RawRecord | Refused]], store: MemoryStore, *channels: Channel) -> Replayed:
    return replay(lambda: (record for file in files for record in file), bundle(store, *channels))


def alerts(store: MemoryStore) -> dict[str, Alert]:
    return {alert.id: plain(alert) for alert in store.search(AlertQuery(limit=1_000))}


def known(store: MemoryStore, vendor_id: str) -> list[Evidence]:
    return store.evidence_of([vendor_id])


@pytest.fixture(scope="module")
def straight() -> tuple[MemoryStore, Replayed]:
    store = MemoryStore()
    return store, run(FILES, store)


def test_the_story_is_found(straight: tuple[MemoryStore, Replayed]) -> None:
    store, done = straight
    assert Counter(alert.rule for alert in alerts(store).values()) == {
        "aws_console_login_no_mfa": 1,
        "aws_root_console_login": 1,
        "entra_risky_signin": 1,
        "xcloud_entra_risk_then_aws": 1,
    }
    assert {alert.id for alert in done.alerts} == set(alerts(store))


def test_every_record_is_counted_once(straight: tuple[MemoryStore, Replayed]) -> None:
    _, done = straight
    assert done.records == sum(len(file) for file in FILES)
    assert done.counts == {
        "stored": 1_100 + 3 + 2 + 4,
        "duplicate": 1,
        "ignored:sign_in_without_risk": 1,
        "refused:not_json": 1,
        "refused:unrecognised_record": 1,
    }


def test_refusals_are_kept_with_their_origin(straight: tuple[MemoryStore, Replayed]) -> None:
    _, done = straight
    assert {(item.origin, item.reason, item.detail) for item in done.refused} == {
        ("broken.json:3", "not_json", "line 3"),
        ("nonsense:1", "unrecognised_record", ""),
    }


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(FILES[::-1], id="files-backwards"),
        pytest.param([file[::-1] for file in FILES], id="records-backwards"),
        pytest.param([*FILES[2:], *FILES[:2]], id="detections-first"),
        pytest.param([[*FILES[1], *FILES[3]], FILES[2], FILES[0]], id="detection-and-sign-in-in-one-batch"),
    ],
)
def test_the_order_of_files_decides_nothing(files: list[list[RawRecord | Refused]], straight: tuple[MemoryStore, Replayed]) -> None:
    store = MemoryStore()
    done = run(files, store)
    assert alerts(store) == alerts(straight[0])
    assert done.counts == straight[1].counts


def test_one_message_of_many_records_is_many_records(straight: tuple[MemoryStore, Replayed]) -> None:
    """Neither does the packing: a file of lines or one list."""
    packed: list[RawRecord | Refused] = [
        *(RawRecord(data=[r.data for r in file if isinstance(r, RawRecord)], tenant="tenant-1") for file in FILES),
        UNREADABLE,
    ]
    store = MemoryStore()
    done = run([packed], store)
    assert alerts(store) == alerts(straight[0])
    assert (done.records, done.counts) == (straight[1].records, straight[1].counts)


def test_again_changes_nothing_and_tells_nobody() -> None:
    store, channel = MemoryStore(), Channel("sns")
    first = run(FILES, store, channel)
    assert len(first.sent) == len(channel.notices) == 3
    before = store.search(AlertQuery(limit=1_000))
    again = run(FILES, store, channel)
    assert store.search(AlertQuery(limit=1_000)) == before
    assert (again.alerts, again.sent, len(channel.notices)) == ((), (), 3)
    assert again.counts == {
        **{name: count for name, count in first.counts.items() if name not in {"stored", "duplicate"}},
        "duplicate": first.counts["stored"] + first.counts["duplicate"],
    }


NAMED = [
    pytest.param([[raw_sign_in("s-1", level="none")], GAP, [raw_detection(1, "s-1")]], id="detection-in-a-later-batch"),
    pytest.param([[raw_detection(1, "s-1")], GAP, [raw_sign_in("s-1", level="none")]], id="detection-in-an-earlier-batch"),
    pytest.param([[raw_detection(1, "s-1"), raw_sign_in("s-1", level="none")]], id="one-batch"),
    pytest.param([[raw_detection(1, "S-1")], GAP, [raw_sign_in("s-1", level="none")]], id="the-id-in-other-case"),
]


@pytest.mark.parametrize("files", NAMED)
def test_a_sign_in_that_a_detection_names_is_kept(files: list[list[RawRecord | Refused]]) -> None:
    store = MemoryStore()
    done = run(files, store)
    assert len(known(store, "entra|s-1")) == 1
    assert done.counts == {"stored": sum(len(file) for file in files if file is not GAP), **(PASSED_OVER if GAP in files else {})}
    assert [alert.snapshot.event_ids for alert in alerts(store).values()] == [("entra|s-1",)]


FIRST, SECOND = raw_sign_in("s-1", level="none"), raw_sign_in("s-1", level="none", status={"errorCode": 50126})
VERSIONS = [
    pytest.param([[raw_detection(1, "s-1"), FIRST], GAP, [SECOND]], id="one-version-beside-the-detection"),
    pytest.param([[FIRST, SECOND], GAP, [raw_detection(1, "s-1")]], id="neither"),
    pytest.param([[raw_detection(1, "s-1"), FIRST, SECOND], GAP], id="both"),
]


@pytest.mark.parametrize("files", VERSIONS)
def test_every_version_of_a_named_sign_in_is_kept_wherever_it_lies(files: list[list[RawRecord | Refused]]) -> None:
    store = MemoryStore()
    done = run(files, store)
    assert len(known(store, "entra|s-1")) == 2
    assert done.counts == {"stored": 3, **PASSED_OVER}


def test_the_records_are_read_twice_only_for_sign_ins_left_out() -> None:
    readings: list[int] = []

    def records(*found: RawRecord) -> int:
        readings.clear()

        def read() -> Sequence[RawRecord]:
            readings.append(1)
            return found

        replay(read, bundle())
        return len(readings)

    usual = raw_sign_in("s-0", -60, level="none")
    assert records(usual, raw_sign_in("s-1"), raw_detection(1, "s-1")) == 1
    assert records(usual, raw_sign_in("s-1", level="none"), raw_detection(1, None)) == 1
    assert records(usual, raw_sign_in("s-2", level="none"), raw_detection(1, "s-1")) == 1
    assert records(usual, *GAP[:1_000], raw_sign_in("s-1", level="none"), *GAP[1_000:], *GAP[:900], raw_detection(1, "s-1")) == 2


def test_more_refusals_than_are_kept_are_counted_all_the_same() -> None:
    done = run([[nonsense(n) for n in range(REFUSED_KEPT + 5)]], MemoryStore())
    assert (done.records, len(done.refused)) == (REFUSED_KEPT + 5, REFUSED_KEPT)
    assert done.counts == {"refused:unrecognised_record": REFUSED_KEPT + 5}


def test_progress_is_told_batch_by_batch() -> None:
    seen: list[int] = []
    replay(lambda: GAP, bundle(), seen.append)
    assert seen == [1_000, 1_100]


def test_what_a_store_refuses_is_refused_and_makes_no_alert() -> None:
    class Full(MemoryStore):
        def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
            return [
                AppendResult(Appended.REFUSED, "too_large") if "id:aws|r-1" in links(item.event) else super(Full, self).append([item])[0]
                for item in evidence
            ]

    store = Full()
    done = run([[raw_root(1), raw_login(1)]], store)
    assert done.counts == {"stored": 1, "refused:too_large": 1}
    assert [(item.vendor_id, item.reason) for item in done.refused] == [("aws|r-1", "too_large")]
    assert [alert.rule for alert in alerts(store).values()] == ["aws_console_login_no_mfa"]
