"""A committed table is compared in both directions, and a miss needs a reason."""

import pytest

from scripts.prove import table

ROW = {"data": "d", "step": "s", "verdict": table.NOTIFIED, "seen": table.NOTIFIED, "rule": "high 73 r", "why": ""}
MISS = ROW | {"verdict": table.MISSED, "seen": table.UNSEEN, "rule": "", "why": "no record shows it"}
KEYS, VALUES = ("data", "step"), ("seen", "verdict", "rule")


@pytest.mark.parametrize(
    ("committed", "actual", "says"),
    [
        pytest.param([ROW], [ROW], [], id="as the table says"),
        pytest.param([ROW], [MISS], ["seen = 'notified'", "verdict = 'notified'", "rule = "], id="what was notified is not any more"),
        pytest.param([MISS], [ROW], ["seen = 'unseen'", "verdict = 'missed'", "rule = ''"], id="what was missed is notified"),
        pytest.param([], [ROW], ["not in the table"], id="a new step"),
        pytest.param([ROW], [], ["not seen any more"], id="a step that is gone"),
        pytest.param([ROW], [ROW | {"why": "other words"}], [], id="reasons are for people"),
    ],
)
def test_a_difference_in_either_direction_is_named(committed, actual, says):
    found = list(table.differences("t", committed, actual, KEYS, VALUES))
    assert len(found) == len(says)
    assert all(part in line for part, line in zip(says, found, strict=True))


@pytest.mark.parametrize(
    ("row", "seen", "verdict", "why"),
    [
        pytest.param(MISS, table.NOTIFIED, table.NOTIFIED, "", id="a miss that is seen loses its reason"),
        pytest.param(ROW, table.RECORDED, table.MISSED, "", id="what is lost becomes a miss without a reason"),
        pytest.param(MISS | {"verdict": table.OUT_OF_SCOPE}, table.RECORDED, table.OUT_OF_SCOPE, MISS["why"], id="out of scope stays"),
        pytest.param({"step": "new"}, table.UNSEEN, table.MISSED, None, id="nothing becomes out of scope by itself"),
    ],
)
def test_renewing_keeps_what_people_wrote(row, seen, verdict, why):
    renewed = table.verdict(row, seen)
    assert (renewed["seen"], renewed["verdict"], renewed.get("why")) == (seen, verdict, why)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param(ROW, [], id="notified"),
        pytest.param(MISS, [], id="a miss with a reason"),
        pytest.param(MISS | {"why": ""}, ["t: s: missed without a reason"], id="a miss without one"),
        pytest.param(MISS | {"must": True}, ["t: s: must be notified, and is missed"], id="no reason excuses what must be notified"),
    ],
)
def test_a_miss_needs_a_reason_and_some_have_none(row, says):
    assert list(table.unexplained("t", [row])) == says


def test_only_what_begins_after_entry_is_out_of_scope():
    rows = table.load("attacks")
    assert {row["verdict"] for row in rows} <= {table.NOTIFIED, table.RECORDED, table.MISSED, table.OUT_OF_SCOPE}
    assert not [row["step"] for row in rows if row["verdict"] == table.OUT_OF_SCOPE and row["must"]]
    assert len(rows) > 50
