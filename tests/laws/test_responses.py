"""The law of responses: no order, number of copies, batch or race of them changes where an alert ends; who does not write reads the same."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gatewatch.alerts.state import with_responses
from gatewatch.flow.recompute import recompute
from gatewatch.flow.responses import apply_new, apply_to, merged
from gatewatch.model import Alert, Evidence, Response, ResponseKind, Severity
from gatewatch.ports import AlertQuery, Store
from tests.builders.entra import found, risky
from tests.builders.responses import respond
from tests.laws.stage import Interleaved, Pager, ports
from tests.laws.test_arrival import STORES, law, opened
from tests.laws.world import MIDNIGHT, wrap

EVENTS: list[Evidence] = [
    wrap(risky(at=MIDNIGHT + timedelta(hours=1)), None),
    wrap(risky(request="R-2", at=MIDNIGHT + timedelta(hours=2)), None),
    wrap(found("high", at=MIDNIGHT + timedelta(hours=1)), None),
]
IDS = ("entra|r-1", "entra|r-2")
DECIDING = [ResponseKind.CLOSE, ResponseKind.REOPEN]


def only(store: Store) -> Alert:
    [alert] = store.search(AlertQuery())
    return alert


def begin(store: Store, evidence: Sequence[Evidence]) -> Alert:
    store.append(evidence)
    recompute(evidence, ports(store, Pager()))
    return only(store)


@st.composite
def responses(draw: st.DrawFn, *, whole: bool = False) -> list[tuple[ResponseKind, int, dict[str, object]]]:
    """What some responders do; ``whole`` closes cover every event at every severity."""
    made = []
    for minute in draw(st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True)):
        kind = draw(st.sampled_from([*DECIDING, *DECIDING, *ResponseKind]))
        covered = {"event_ids": IDS, "severity": Severity.CRITICAL} if whole else draw(some_cover)
        made.append((kind, minute, covered if kind is ResponseKind.CLOSE else {}))
    return made


some_cover = st.fixed_dictionaries(
    {
        "event_ids": st.sets(st.sampled_from(IDS)).map(lambda ids: tuple(sorted(ids))),
        "severity": st.sampled_from(list(Severity)),
        "event_count": st.just(0),
    }
)


def written(alert: Alert, plan: list[tuple[ResponseKind, int, dict[str, object]]]) -> list[Response]:
    return [respond(kind, alert, at=MIDNIGHT + timedelta(hours=40, minutes=minute), **more) for kind, minute, more in plan]  # type: ignore[arg-type]


def decided(alert: Alert, *, occurrence: bool) -> Alert:
    """What must not depend on the order."""
    plain = tuple(structs.replace(response, author=None) for response in alert.responses)
    changed = structs.replace(alert, updated=alert.created, pending=(), pending_reason=None, responses=plain)
    return changed if occurrence else structs.replace(changed, occurrence=1)


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("whole", [True, False], ids=["covering-closes", "any-closes"])
@law
@given(data=st.data())
def test_order_and_copies_of_responses_change_nothing(kind: str, whole: bool, data: st.DataObject) -> None:
    """Occurrences too, as long as the closes cover what is there: every reopening counts once."""
    plan = data.draw(responses(whole=whole))
    with opened("memory") as model, opened(kind) as store:
        answers = written(begin(model, EVENTS), plan)
        model.append_responses(answers)
        apply_to([only(model).key], ports(model, Pager()))
        begin(store, EVENTS)
        arrivals = data.draw(st.permutations(answers + data.draw(st.lists(st.sampled_from(answers), max_size=3))))
        cuts = sorted(data.draw(st.sets(st.integers(0, len(arrivals)), max_size=4)))
        for start, end in zip([0, *cuts], [*cuts, len(arrivals)], strict=True):
            store.append_responses(arrivals[start:end])
            if data.draw(st.booleans()):
                apply_to([only(store).key], ports(store, Pager()))
            elif data.draw(st.booleans()):
                recompute(EVENTS, ports(store, Pager()))
        [read] = merged([only(store)], store)
        apply_new(structs.replace(ports(store, Pager()), clock=lambda: MIDNIGHT))
        applied = only(store)
        assert decided(applied, occurrence=whole) == decided(only(model), occurrence=whole)
        assert decided(read, occurrence=whole) == decided(applied, occurrence=whole)


@pytest.mark.parametrize("kind", STORES)
@law
@given(data=st.data())
def test_responses_and_evidence_in_any_order_end_alike(kind: str, data: st.DataObject) -> None:
    """The status is a pure function of evidence and responses: a close covers what it covered, other evidence opens the alert."""
    with opened("memory") as model, opened(kind) as store:
        everything = begin(model, EVENTS)
        answers = written(everything, data.draw(responses()))
        model.append_responses(answers)
        recompute(EVENTS, ports(model, Pager()))
        begin(store, EVENTS[:1])
        for step in data.draw(st.permutations([*EVENTS[1:], *answers])):
            if isinstance(step, Response):
                store.append_responses([step])
                apply_to([only(store).key], ports(store, Pager()))
            else:
                store.append([step])
                recompute([step], ports(store, Pager()))
        ended, expected = only(store), only(model)
        assert (ended.status, ended.snapshot, len(ended.responses)) == (expected.status, expected.snapshot, len(expected.responses))


@pytest.mark.parametrize("kind", STORES)
@law
@given(data=st.data())
def test_responders_and_a_recomputation_at_once_lose_nothing(kind: str, data: st.DataObject) -> None:
    plan = data.draw(responses(whole=True))
    schedule = data.draw(st.lists(st.integers(0, 7), max_size=60))
    with opened("memory") as model, opened(kind) as store:
        answers = written(begin(model, EVENTS), plan)
        model.append_responses(answers)
        recompute(EVENTS, ports(model, Pager()))
        begin(store, EVENTS[:1])

        def respond_with(response: Response, gated: Store) -> None:
            gated.append_responses([response])
            apply_to([response.key], ports(gated, Pager()))

        def evidence_comes(gated: Store) -> None:
            gated.append(EVENTS[1:])
            recompute(EVENTS[1:], ports(gated, Pager()))

        jobs = [lambda gated, r=response: respond_with(r, gated) for response in answers]  # type: ignore[misc]
        Interleaved(store, schedule, ()).run([*jobs, evidence_comes])
        ended = only(store)
        assert {response.id for response in ended.responses} == {response.id for response in answers}
        assert (ended.status, ended.snapshot) == (only(model).status, only(model).snapshot)


def test_an_alert_that_knows_all_its_responses_is_itself() -> None:
    with opened("memory") as store:
        alert = begin(store, EVENTS)
        answers = written(alert, [(ResponseKind.CLOSE, 1, {})])
        store.append_responses(answers)
        apply_to([alert.key], ports(store, Pager()))
        assert with_responses(only(store), store.responses_of([alert.id])) is only(store)
        assert apply_to([alert.key], ports(store, Pager())) == []
