"""Every way of going blind is an alarm within its time, a finding of `gatewatch doctor aws`, or both. One table.

The alarms are those of the template, over hours of metrics of the real function; the findings are planted in a whole organisation and found in
`tests/adapters/aws_doctor/test_doctor.py`, under the same names.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.adapters.aws_doctor import planted_beyond, planted_home
from tests.adapters.aws_doctor.faults import FAULTS
from tests.infra.test_template_alarms import (
    EXPECTED,
    a_region_silent,
    alarms_of,
    bus_cut,
    ever,
    firing,
    heartbeats,
    mapping_disabled,
)
from tests.support.aws_hours import Hours

PLANTED = (planted_beyond, planted_home)  # what FAULTS holds


class Blind(NamedTuple):
    """What happens, which planted fault it is, which finding names it, and which alarm says so after how many minutes at the latest."""

    fault: str
    finding: str
    happens: Callable[[Hours], None] | None
    alarm: str = ""
    minutes: int = 0


BLIND = [
    pytest.param(Blind("trail_stopped", "trail-stopped", a_region_silent, "SilentRegionsAlarm", 75), id="stopped trail"),
    pytest.param(Blind("rule_disabled", "rule-disabled", a_region_silent, "SilentRegionsAlarm", 75), id="disabled rule"),
    pytest.param(Blind("mapping_disabled", "mapping-disabled", mapping_disabled, "UnreadAlarm", 20), id="disabled mapping"),
    pytest.param(Blind("a_silent_region", "region-silent", a_region_silent, "SilentRegionsAlarm", 75), id="silent Region"),
    pytest.param(Blind("no_canary_for_two_hours", "canary-late", bus_cut, "CanaryAlarm", 90), id="dead canary"),
    pytest.param(Blind("a_forwarder_changed_by_hand", "forwarder-drifted", None), id="drifted forwarder"),
    pytest.param(Blind("bus_policy_removed", "bus-policy-missing", None), id="removed bus policy"),
]


@pytest.mark.parametrize("blind", BLIND)
def test_the_doctor_names_it(blind: Blind) -> None:
    assert blind.finding in FAULTS[blind.fault][1]


@pytest.mark.parametrize("blind", [row for row in BLIND if row.values[0].happens is not None])
def test_the_alarm_says_it_in_time_and_not_before(resources: dict[str, Any], blind: Blind) -> None:
    alarms = {blind.alarm: alarms_of(resources)[blind.alarm]}
    hours = Hours(jitter=lambda turn: (turn * 37) % 60)
    hours.run(61, hours.sign_in)
    assert ever(alarms, hours.series, 1800, hours.now) == set()
    assert blind.happens is not None
    blind.happens(hours)
    hours.run(blind.minutes, hours.sign_in if blind.alarm != "UnreadAlarm" else lambda: None)
    assert firing(alarms, hours.series, hours.now) == {blind.alarm}


def test_a_removed_bus_policy_silences_every_forwarder_and_the_alarm_says_so_within_three_hours(resources: dict[str, Any]) -> None:
    assert not heartbeats(resources, 12)
    assert heartbeats(resources, 15, forwarders=0)


def test_a_forwarder_that_drifted_so_far_that_it_is_silent_is_said_within_three_hours(resources: dict[str, Any]) -> None:
    assert heartbeats(resources, 15, silent_from=12, forwarders=EXPECTED)
