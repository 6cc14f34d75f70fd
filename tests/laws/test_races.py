"""Two writers, every interleaving of their first store calls: the slower one always notices what it did not know."""

from datetime import timedelta
from itertools import product

import pytest

from gatewatch.flow.recompute import recompute
from gatewatch.model import Event, Evidence
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import login
from tests.builders.common import minutes
from tests.builders.entra import detection, sign_in
from tests.laws.stage import Interleaved, Pager, batch, final, ports
from tests.laws.world import MIDNIGHT, wrap

CALLS = 9  # covers both writers up to their first write and the look that follows it


def version(number: int, state: str) -> Evidence:
    """A version of one sign-in."""
    return wrap(sign_in(risk_state=state), MIDNIGHT + timedelta(minutes=number))


def plainly(event: Event) -> Evidence:
    """Evidence of an event that cannot change."""
    return wrap(event, None)


PERSON = "u-1@contoso.example"
RACES = [
    pytest.param(version(1, "atrisk"), version(2, "dismissed"), version(3, "atrisk"), id="closed-and-reopened"),
    pytest.param(version(1, "atrisk"), version(3, "atrisk"), version(2, "dismissed"), id="the-same-the-other-way-round"),
    pytest.param(version(1, "none"), plainly(detection()), version(2, "dismissed"), id="a-detection-and-a-dismissal"),
    pytest.param(plainly(login(1)), version(1, "atrisk"), plainly(login(2, at=minutes(5), person=PERSON)), id="two-halves-of-a-pair"),
]


@pytest.mark.parametrize(("before", "one", "other"), RACES)
def test_every_interleaving_ends_alike(before: Evidence, one: Evidence, other: Evidence) -> None:
    everything = [before, one, other]
    model = MemoryStore()
    batch(everything, ports(model, Pager()))
    ends = []
    for schedule in product((0, 1), repeat=CALLS):
        store = MemoryStore()
        batch([before], ports(store, Pager()))
        stage = Interleaved(store, schedule, ())
        stage.run([lambda gated, e=e, n=n: _compute([e], gated, n) for n, e in enumerate((one, other))])  # type: ignore[misc]
        ends.append(final(store))
    assert all(end == final(model) for end in ends)


def _compute(evidence: list[Evidence], store: MemoryStore, number: int) -> None:
    store.append(evidence)
    recompute(evidence, ports(store, Pager(), f"w{number}"))
