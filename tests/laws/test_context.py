"""The law of context: what is only shown makes no alert and changes no rule, score, severity, event or state of one."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gatewatch.alerts.compute import compute
from gatewatch.alerts.reading import Reading
from gatewatch.model import Evidence, Snapshot
from gatewatch.providers.catalogue import CONTEXT
from gatewatch.tuning import Tuning
from tests.laws.stage import NOW
from tests.laws.test_arrival import known, law
from tests.laws.world import audits, worlds


@law
@given(world=worlds, changes=st.lists(audits(), min_size=1, max_size=6))
def test_context_makes_no_alert_and_changes_no_level(world: list[Evidence], changes: list[Evidence]) -> None:
    assert said([*world, *changes]) == said([item for item in world if type(item.event.detail) not in CONTEXT])


def said(world: list[Evidence]) -> dict[object, Snapshot]:
    """What the alerts say but for their context."""
    evidence = known(world)
    found = compute(Reading(evidence=evidence, of_addresses=evidence, familiar={}), Tuning(), NOW)
    return {key: plain(computed.snapshot) for key, computed in found.items()}


def plain(snapshot: Snapshot) -> Snapshot:
    rows = tuple(structs.replace(row, context=()) for row in snapshot.events)
    related = tuple(one for one in snapshot.related_ids if not one.startswith("entra-audit|"))
    return structs.replace(snapshot, events=rows, related_ids=related)
