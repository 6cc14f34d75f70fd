"""History in parts: each record once, whatever stops a run and however often it is run again."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from gatewatch.errors import StoreUnavailable
from gatewatch.flow.backfill import Backfilled, HistoryPart, backfill
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord, Refused
from gatewatch.ports import AlertQuery, Ports, Written
from gatewatch.providers.aws.raw_samples import login
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import user_record

NOW = datetime(2026, 11, 25, tzinfo=UTC)
DAYS = range(1, 11)


def logins(day: int) -> list[RawRecord]:
    return [
        RawRecord(data=user_record(user, eventID=f"{day}-{user}", eventTime=f"2026-11-{day:02d}T09:00:00Z")) for user in ("alice", "bob")
    ]


class History:
    """Ten days; what was read of them."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.breaks_at = ""
        self.refused: dict[str, Refused] = {}

    def parts(self, after: str) -> Iterator[HistoryPart]:
        for day in DAYS:
            name = f"2026-11-{day:02d}"
            if name > after:
                yield HistoryPart(name, lambda day=day, name=name: self._records(day, name))  # type: ignore[misc]

    def _records(self, day: int, name: str) -> Iterator[RawRecord | Refused]:
        if name == self.breaks_at:
            raise StoreUnavailable("away")
        self.read.append(name)
        yield from logins(day)
        if name in self.refused:
            yield self.refused[name]


def stage(minutes_a_look: float = 1) -> Ports:
    looks = itertools.count()
    return Ports(store=MemoryStore(), clock=lambda: NOW + timedelta(minutes=minutes_a_look * next(looks)), seeds=False)


def run(history: History, ports: Ports, *, anew: bool = False) -> Backfilled:
    return backfill("aws:test", history.parts, ports, lambda _done, _name: None, anew=anew)


def alerts(ports: Ports) -> dict[str, object]:
    found = ports.store.search(AlertQuery(limit=100))
    return {alert.id: structs.replace(alert, created=NOW, updated=NOW) for alert in found}


def test_history_ends_as_if_it_had_been_live():
    live, late, history = stage(), stage(), History()
    for day in DAYS:
        process(logins(day), live)
    done = run(history, late)
    assert (done.finished, done.parts, done.records, dict(done.counts)) == (True, 10, 20, {"stored": 20})
    assert set(alerts(late)) == set(alerts(live))
    assert (done.earliest, done.latest) == (datetime(2026, 11, 1, 9, tzinfo=UTC), datetime(2026, 11, 10, 9, tzinfo=UTC))


def test_a_run_that_is_stopped_goes_on_where_it_was():
    ports, history = stage(), History()
    history.breaks_at = "2026-11-06"
    with pytest.raises(StoreUnavailable):
        run(history, ports)
    history.breaks_at = ""
    done = run(history, ports)
    assert (done.after, done.parts, dict(done.counts)) == ("2026-11-05", 5, {"stored": 10})
    assert history.read == [f"2026-11-{day:02d}" for day in DAYS]


def test_a_killed_run_repeats_seconds_and_stores_nothing_twice():
    """Its place is kept every half minute; here the clock moves ten seconds a look, and the process dies without a word."""
    ports, history = stage(minutes_a_look=1 / 6), History()
    history.breaks_at = "2026-11-08"
    with pytest.raises(StoreUnavailable):
        run(history, structs.replace(ports, store=_Forgets(ports.store)))  # type: ignore[arg-type] # every method is there, by name
    history.breaks_at = ""
    done = run(history, ports)
    assert "2026-11-01" <= done.after < "2026-11-07"
    assert done.counts["stored"] == 6
    assert done.counts["duplicate"] > 0
    assert len(alerts(ports)) == 20


class _Forgets:
    """A store that keeps the place of a job twice; what it is given later is lost, as if the process had died before."""

    def __init__(self, store: object) -> None:
        self._store, self._writes = store, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def write_state(self, writes: list[object]) -> object:
        if any("backfill:" in str(getattr(write, "key", "")) for write in writes):
            self._writes += 1
            if self._writes > 2:
                return [Written.DONE]
        return self._store.write_state(writes)  # type: ignore[attr-defined]


def test_a_finished_job_that_is_run_again_begins_anew_and_stores_nothing():
    ports, history = stage(), History()
    before = run(history, ports)
    again = run(history, ports)
    assert before.finished
    assert (again.after, again.parts, dict(again.counts)) == ("", 10, {"duplicate": 20})


def test_anew_begins_at_the_beginning():
    ports, history = stage(), History()
    history.breaks_at = "2026-11-03"
    with pytest.raises(StoreUnavailable):
        run(history, ports)
    history.breaks_at = ""
    assert run(history, ports, anew=True).parts == 10


@pytest.mark.parametrize(("filled", "seen"), [(True, ["aws_unfamiliar_console_login"]), (False, [])], ids=["with a past", "without"])
def test_familiarity_is_filled(filled: bool, seen: list[str]):
    """A login from elsewhere is a first only where the past is known: without one nothing is unfamiliar yet."""
    mfa = {"additionalEventData": {"MFAUsed": "Yes"}}
    past = [_at(login() | mfa, day) for day in DAYS]
    ports = stage()
    if filled:
        backfill("aws:test", lambda _after: [HistoryPart("2026-11-01", lambda: iter(past))], ports, lambda _done, _name: None)
    process(
        [_at(login() | mfa, 12, sourceIPAddress="203.0.113.77", userAgent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0")], ports
    )
    assert [alert.rule for alert in ports.store.search(AlertQuery(limit=100))] == seen


def _at(record: dict[str, object], day: int, **changes: object) -> RawRecord:
    return RawRecord(data=record | {"eventID": f"familiar-{day}", "eventTime": f"2026-11-{day:02d}T12:00:00Z"} | changes, fetched=NOW)


def test_what_is_refused_is_named_and_counted():
    ports, history = stage(), History()
    history.refused = {"2026-11-02": Refused(origin="x:1", reason="file_truncated_or_corrupt", detail="gzip")}
    done = run(history, ports)
    assert (done.counts["refused:file_truncated_or_corrupt"], [item.origin for item in done.refused]) == (1, ["x:1"])
    assert done.finished
