"""A replay of the same records gives the same evidence, familiarity, alerts and counts: in any order, with any store, in memory or from files."""

import os
import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from benchmarks.corpus import PORTAL, corpus, planted
from benchmarks.corpus_shapes import TENANT
from gatewatch.flow.processes import WorkerFailed
from gatewatch.flow.replay import replay
from gatewatch.flow.writing import SHARED_FROM
from gatewatch.model import Prepared, RawRecord, Refused
from gatewatch.ports import AlertQuery, Appended, AppendResult
from gatewatch.stores.memory import MemoryStore
from gatewatch.stores.sqlite import SqliteStore
from tests.builders.entra import raw_detection, raw_sign_in
from tests.laws.stage import final
from tests.support.channels import bundle

COUNT = 400


def raw(data: Any) -> RawRecord:
    body = data if isinstance(data, bytes) else msgspec.json.encode(data)
    return RawRecord(data=Raw(body), tenant=TENANT, origin="corpus:1")


def spray() -> list[RawRecord]:
    """Ninety failures of as many people from one address in one minute, more than are kept, and a success."""
    failures = [
        raw_sign_in(
            f"f-{n:02d}", n / 90, userId=f"u-{n}", userPrincipalName=f"u{n}@contoso.example", level="none", status={"errorCode": 50126}
        )
        for n in range(90)
    ]
    portal = {"appId": PORTAL[0], "appDisplayName": PORTAL[1], "authenticationRequirement": "multiFactorAuthentication"}
    return [*failures, raw_sign_in("in", 2, level="none", **portal)]


def versions() -> list[RawRecord]:
    """A sign-in without risk, the same with risk, and a detection that names another one without risk."""
    calm, named = raw_sign_in("v-1", level="none", userId="u-v"), raw_sign_in("v-2", 40, level="none", userId="u-w")
    return [calm, raw_sign_in("v-1", level="high", userId="u-v"), named, raw_detection(9, "v-2", 41, "high")]


class Choosy(SqliteStore):
    """Refuses one in fifty pieces of evidence, the same ones in every run."""

    def append_prepared(self, prepared: Sequence[Prepared]) -> list[AppendResult]:
        """Create each document that is taken."""
        taken = [item for item in prepared if int(item.id[:8], 16) % 50]
        results = dict(zip((item.id for item in taken), super().append_prepared(taken), strict=True))
        return [results.get(item.id, AppendResult(Appended.REFUSED, "odd")) for item in prepared]


RECORDS = [
    *(raw(line.body) for line in corpus("realistic", COUNT)),
    *(raw(each.data) for each in (*spray(), *versions())),
]


def outcome(records: Sequence[RawRecord], store: Any = None, **options: Any) -> tuple[Any, ...]:
    store = store or MemoryStore()
    done = replay(lambda: records, bundle(store, alone=options.pop("alone", True)), **options)
    evidence = {item.id for day in store.days() for page in store.evidence_on(day) for item in page}
    return evidence, documents(store), final(store), done.counts, {alert.key for alert in done.alerts}


def documents(store: Any) -> dict[str, bytes]:
    """The familiarity that the store holds."""
    if isinstance(store, MemoryStore):
        return {key.id: body for key, (body, _) in store._state.items() if key.id.startswith("familiar:")}
    return dict(store._connection.execute("SELECT id, body FROM state WHERE id LIKE 'familiar:%'").fetchall())


@pytest.fixture(scope="module")
def straight() -> tuple[Any, ...]:
    return outcome(RECORDS)


def test_what_was_planted_is_found(straight: tuple[Any, ...]) -> None:
    found = {f"{alert.key.family}|{alert.key.principal}|{alert.key.day}" for alert in straight[2].values()}
    assert planted("realistic", COUNT) <= found
    assert {"entra|address|203.0.113.77|2026-11-20", "entra|u-w|2026-11-20"} <= found
    assert straight[3]["ignored:beyond_the_limit"] == 30


@pytest.mark.parametrize("order", [RECORDS[::-1], random.Random(1).sample(RECORDS, len(RECORDS))], ids=["backwards", "shuffled"])
def test_the_order_of_records_decides_nothing(order: list[RawRecord], straight: tuple[Any, ...]) -> None:
    assert outcome(order) == straight


def test_neither_does_the_packing(straight: tuple[Any, ...]) -> None:
    packed = [
        raw([msgspec.json.decode(bytes(each.data)) for each in RECORDS[start : start + 100]]) for start in range(0, len(RECORDS), 100)
    ]
    assert outcome(packed) == straight


def test_nor_whether_evidence_fits_into_memory(straight: tuple[Any, ...]) -> None:
    assert outcome(RECORDS, in_memory=20) == straight


def test_nor_how_many_processes_share_the_work(straight: tuple[Any, ...]) -> None:
    refused = Refused(origin="broken:1", reason="invalid_json")
    many = [
        raw({"no": "record"}),
        refused,
        *RECORDS,
        refused,
        *RECORDS,
        refused,
        *(raw(line.body) for line in corpus("realistic", 1_500, seed=8)),
    ]
    alone, shared = (replay(lambda: many, bundle(MemoryStore(), alone=True), workers=workers) for workers in (1, 3))
    assert shared == alone
    assert {alert.key for alert in shared.alerts} >= straight[4]


@pytest.mark.parametrize("kind", [SqliteStore, Choosy])
def test_nor_which_process_computes_while_another_one_stores(kind: type[SqliteStore], tmp_path: Any) -> None:
    many = [raw(line.body) for line in corpus("dense", 700)]
    found = []
    for workers in (1, 2, 3):
        with closing(kind(str(tmp_path / f"{workers}.sqlite"))) as store:
            done = replay(lambda: many, bundle(store, alone=True), workers=workers, whole=workers != 2)
            found.append((final(store), documents(store), done.counts, done.standing))
            assert len(done.alerts) == (0 if workers == 2 else done.standing)
    assert found[0] == found[1] == found[2]
    assert found[0][2]["stored"] >= SHARED_FROM
    assert ("refused:odd" in found[0][2]) == (kind is Choosy)


def test_a_worker_that_dies_ends_the_replay() -> None:
    parent = os.getpid()

    def records() -> Iterator[RawRecord]:
        for number, record in enumerate(RECORDS * 4):
            if number > 1_100 and os.getpid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
            yield record

    with pytest.raises(WorkerFailed):
        replay(records, bundle(MemoryStore(), alone=True), workers=2)


def test_nor_whether_others_write_to_the_store(straight: tuple[Any, ...]) -> None:
    assert outcome(RECORDS, alone=False) == straight


def test_nor_the_store(straight: tuple[Any, ...], tmp_path: Any) -> None:
    with closing(SqliteStore(str(tmp_path / "s.sqlite"))) as store:
        assert outcome(RECORDS, store) == straight


def test_two_halves_one_after_the_other_give_the_same_alerts(straight: tuple[Any, ...]) -> None:
    store = MemoryStore()
    half = len(RECORDS) // 2
    first = [record for record in RECORDS[half:] if b"f-" not in bytes(record.data)]  # below the limit of what is kept of a crowd
    outcome(first, store)
    outcome(RECORDS, store)
    assert final(store) == straight[2]
    assert len(store.search(AlertQuery(limit=10_000))) >= len(straight[2])
