"""When requests to Graph may start: five in ten seconds, however slow the answers are."""

from datetime import UTC, datetime, timedelta

from azure_function.request_slots import IDENTITY_PROTECTION, REPORTS, RequestSlots

START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def starts(latencies: list[float], group: str = REPORTS, gap: float = 2.0) -> list[float]:
    """The seconds at which requests start whose answers take so long."""
    slots, now, found = RequestSlots(), START, []
    for latency in latencies:
        now += timedelta(seconds=slots.reserve(group, gap, now, 1_000) or 0)
        found.append((now - START).total_seconds())
        now += timedelta(seconds=latency)
    return found


def test_no_ten_seconds_hold_more_than_five_requests_and_slow_answers_cost_no_slot():
    found = starts([0.5, 6, 0.5, 0.5, 0.5] * 6)
    assert all(later - earlier >= 10 for earlier, later in zip(found, found[5:], strict=False))
    assert found[-1] <= 2.0 * len(found)


def test_risk_requests_come_one_by_one():
    assert starts([0.1] * 4, IDENTITY_PROTECTION, 1.1) == [0, 1.1, 2.2, 3.3]


def test_a_slot_beyond_the_deadline_is_not_taken():
    slots = RequestSlots()
    assert [slots.reserve(REPORTS, 2.0, START, 5) for _ in range(6)] == [0, 0, 0, 0, 0, None]
    assert slots.reserve(REPORTS, 2.0, START, 11) == 10


def test_two_connections_share_the_slots_and_a_clock_that_goes_back_blocks_nothing():
    slots = RequestSlots()
    assert [slots.reserve(IDENTITY_PROTECTION, 1.0, START, 9) for _ in range(3)] == [0, 1, 2]
    assert slots.reserve(IDENTITY_PROTECTION, 1.0, START - timedelta(hours=1), 9) == 0
