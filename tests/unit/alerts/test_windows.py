"""What lies around an activity: so long before it, and so long after its second, itself left out."""

from datetime import timedelta

import pytest

from gatewatch.alerts.windows import Windows, before
from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.samples import NOON, changed
from gatewatch.providers.window import Series

AROUND = [changed(console_login(), id=f"aws|{minute}", time=NOON + timedelta(minutes=minute)) for minute in (0, 5, 10, 12, 15)]
AT_TEN = AROUND[2]


@pytest.mark.parametrize(
    ("reach", "after", "ids"),
    [
        pytest.param(5, 0, ["aws|5"], id="before"),
        pytest.param(5, 2, ["aws|5", "aws|12"], id="after too"),
        pytest.param(60, 60, ["aws|0", "aws|5", "aws|12", "aws|15"], id="all"),
        pytest.param(0, 2, [], id="without a reach nothing"),
    ],
)
def test_a_window(reach: float, after: float, ids: list[str]) -> None:
    asked = AT_TEN, timedelta(minutes=reach), timedelta(minutes=after)
    for window in (before(Series(AROUND), *asked), Windows(AROUND).before(*asked)):
        assert [activity.id for activity in window.activities] == ids
    assert not list(Windows(AROUND, lambda _: None).before(*asked).activities)
