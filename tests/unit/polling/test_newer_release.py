"""A record whose alert a later release wrote: its evidence is stored, that release computes the alert, and nothing becomes a dead letter."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from gatewatch.errors import NewerDocument
from gatewatch.model import GroupKey
from gatewatch.polling.hand_over import LEFT_TO_NEWER
from gatewatch.ports import State, StateKey
from tests.support.azure_stage import START, Stage, story

NEWER = NewerDocument("a later release of Gatewatch wrote this alert")


@pytest.mark.parametrize("others", [0, 2], ids=["alone on its page", "beside others"])
def test_it_is_left_to_the_newer_release(others: int):
    stage = Stage([story(-5), *(story(-6 - number) for number in range(others))])
    real = stage.store.inner.read_state

    def read_state(keys: Collection[GroupKey], documents: Collection[StateKey]) -> State:
        if any(principal in key.principal for key in keys):
            raise NEWER
        return real(keys, documents)

    principal = stage.stories[0].record["userId"]
    stage.store.read_state = read_state
    report = stage.poll()
    assert (report.state, report.counts[LEFT_TO_NEWER]) == ("done", 1)
    assert stage.dead_letters.kept == []
    assert len(stage.alerts()) == others
    assert stage.watermark() == START - timedelta(seconds=90)
