"""One login that several records show is one activity; what happened beside it is named in it."""

from datetime import timedelta

import pytest

from gatewatch.evidence import links
from gatewatch.providers.endpoint import activities as module
from gatewatch.providers.versions import Versions
from tests.builders import endpoint
from tests.builders.common import ALICE, NOON, detail


def version(number, seconds=0, firsts=(), **changes):
    fields = {"host_id": "h17", "host_name": "ws-17", "user_name": "alice", "principal": "h17|alice", **changes}
    event = endpoint.typed(number=number, **{**fields, "time": NOON + timedelta(seconds=seconds)})
    return Versions(event, event, event.time, firsts)


def context(number, seconds, **changes):
    return version(number, seconds, tool=None, tool_kind=None, tool_family=None, **changes)


def found(*records):
    return [activity for activity in module.activities(records) if detail(activity.event).tool]


def members(*records):
    return [activity.members for activity in found(*records)]


def test_a_process_start_a_script_block_and_a_second_agent_are_one():
    records = (
        version(1, 5, person=None),
        version(2, 6, origin="script", firsts=("tool",)),
        version(3, 7, host_id="other-id", host_name="WS-17.contoso.com", principal="other-id|alice", user_name="Alice"),
    )

    (activity,) = found(*records)

    assert activity.members == ("endpoint|1", "endpoint|2", "endpoint|3")
    assert (activity.id, activity.firsts, activity.event.person, activity.event.principal) == ("endpoint|1", ("tool",), ALICE, "h17|alice")


@pytest.mark.parametrize(
    ("second", "count"),
    [
        pytest.param(version(2, 30), 1, id="the same minute"),
        pytest.param(version(2, 90), 2, id="the next minute"),
        pytest.param(version(2, 20, tool="az account set"), 2, id="another tool"),
        pytest.param(version(2, 20, user_name="bob"), 2, id="another user"),
        pytest.param(version(2, 20, host_name="ws-18"), 2, id="another host"),
    ],
)
def test_what_is_one_login(second, count):
    assert len(found(version(1), second)) == count


@pytest.mark.parametrize(("first", "second", "count"), [(59, 60.5, 1), (59, 63, 2), (30, 60.5, 2)])
def test_the_edge_of_a_minute_does_not_divide_a_login(first, second, count):
    one, two = version(1, first), version(2, second)

    assert len(found(one, two)) == count
    assert count == 2 or set(module.links(one.newest)) & set(module.links(two.newest))


def test_the_order_of_the_records_does_not_matter():
    records = [version(number, seconds) for number, seconds in enumerate((0, 59, 60.5, 61, 119, 121.9))]

    assert module.activities(records) == module.activities(records[::-1])


def test_listing_calls_connections_and_files_are_named_in_the_login():
    records = (
        version(1),
        context(2, 2, listing="az account list"),
        context(3, 3, listing="az keyvault list"),
        context(4, -60, origin="connection", name="az", target="login.microsoftonline.com"),
        context(5, 30, origin="file", name="az", target="/home/a/.azure/msal_token_cache.json"),
        context(6, 1000, listing="az vm list"),
        context(7, 3, listing="az ad user list", principal="h17|bob"),
    )

    (activity,) = found(*records)

    assert detail(activity.event).beside == (
        "az connected to login.microsoftonline.com",
        "az account list",
        "az keyvault list",
        "az changed /home/a/.azure/msal_token_cache.json",
    )


def test_a_long_list_is_cut_and_counted():
    records = [version(1), *(context(number, number, listing=f"aws ec2 describe-{number}") for number in range(2, 40))]

    (activity,) = found(*records)

    assert len(detail(activity.event).beside) == module.SHOWN_BESIDE + 1
    assert detail(activity.event).beside[-1] == "and 18 more"


def test_other_events_have_no_links():
    assert module.links(context(1, 0, listing="az vm list").newest) == ()
    assert links(context(1, 0).newest) == ("id:endpoint|1",)
