"""AWS rules that ask familiarity, the alert of an address and the pair of a principal, through the whole flow."""

import itertools
from datetime import timedelta

import pytest

from gatewatch.flow.pipeline import process
from gatewatch.model import Alert, RawRecord
from gatewatch.ports import AlertQuery, Ports
from gatewatch.providers.aws.raw_samples import call, key_use, login, portal_token, root_event
from gatewatch.stores.memory import MemoryStore
from tests.builders.common import NOON

TODAY = NOON.replace(year=2026, month=11, day=20, microsecond=0)
ELSEWHERE = "203.0.113.77"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MFA = {"additionalEventData": {"MFAUsed": "Yes"}}


def at(record: dict, number: int, *, days: float = 0, **changes: object) -> dict:
    """The record with an id of its own, so many days after today's noon."""
    moment = (TODAY + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return record | {"eventID": f"{number:08d}", "eventTime": moment} | changes


def before(record: dict) -> list[dict]:
    """The record on ten ordinary days."""
    return [at(record, 1000 + day, days=-day) for day in range(1, 11)]


def played(*records: dict) -> list[Alert]:
    """The alerts after the records came one by one, the highest first."""
    ports = Ports(store=MemoryStore(), clock=lambda: TODAY + timedelta(days=1))
    for record in records:
        process([RawRecord(data=record, fetched=TODAY)], ports)
    return sorted(ports.store.search(AlertQuery(limit=100)), key=lambda alert: -alert.score)


def shown(alerts: list[Alert]) -> list[tuple[str, int]]:
    return [(alert.rule, alert.score) for alert in alerts]


@pytest.mark.parametrize(
    ("ordinary", "attack", "expected"),
    [
        pytest.param(login() | MFA, {"sourceIPAddress": ELSEWHERE, "userAgent": FIREFOX}, [("aws_unfamiliar_console_login", 30)], id="a login"),
        pytest.param(login() | MFA, {"sourceIPAddress": ELSEWHERE}, [], id="a login with the usual browser"),
        pytest.param(key_use(), {"sourceIPAddress": ELSEWHERE, "userAgent": "Boto3/1.40"}, [("aws_access_key_unfamiliar", 30)], id="a key"),
        pytest.param(key_use(), {"userAgent": "Boto3/1.40"}, [], id="a key with another program at home"),
        pytest.param(portal_token(1, eventName="GetRoleCredentials"), {"eventName": "CreateToken"}, [("aws_identity_center_device_code", 50)], id="the first device code"),
        pytest.param(root_event("ConsoleLogin", 1, **MFA), {"eventName": "PasswordUpdated", "responseElements": {"PasswordUpdated": "Success"}, "sourceIPAddress": ELSEWHERE}, [("aws_root_takeover", 57)], id="root's password from a first network"),
    ],
)  # fmt: skip
def test_what_is_first_is_heard(ordinary, attack, expected):
    found = [alert for alert in played(*before(ordinary), at(ordinary, 1, **attack)) if alert.key.day == TODAY.date().isoformat()]

    assert shown(found) == expected


AGENT = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0123456789abcdef0", "accountId": "111122223333",
         "arn": "arn:aws:sts::111122223333:assumed-role/Web/i-0123456789abcdef0", "accessKeyId": "ASIAEXAMPLE"}  # fmt: skip
AGENT_CALL = at(call("ssm", "UpdateInstanceInformation", 1, None, userIdentity=AGENT), 1, days=-2)
CALL = at(call("s3", "ListBuckets", 1, None, userIdentity=AGENT), 2)


@pytest.mark.parametrize("order", [*itertools.permutations(range(2))], ids=["agent first", "agent last"])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"sourceIPAddress": ELSEWHERE}, [("aws_instance_role_elsewhere", 73)], id="another network"),
        pytest.param(
            {"sourceIPAddress": "192.168.10.20"}, [("aws_instance_role_elsewhere", 73)], id="a private address without an endpoint"
        ),
        pytest.param({"sourceIPAddress": "10.0.0.5", "vpcEndpointId": "vpce-1"}, [], id="a VPC endpoint"),
        pytest.param({"sourceIPAddress": "ec2.amazonaws.com"}, [], id="a service of AWS"),
        pytest.param({"sourceIPAddress": "198.51.100.99"}, [], id="the agent's network"),
        pytest.param({"sourceIPAddress": ELSEWHERE, "errorCode": "AccessDenied"}, [("aws_instance_role_elsewhere", 73)], id="refused"),
    ],
)
def test_an_instance_is_where_its_agent_is(order, changes, expected):
    records = [AGENT_CALL, CALL | changes]

    assert shown(played(*(records[place] for place in order))) == expected


def test_without_an_agent_nothing_is_known_of_an_instance():
    assert played(CALL, at(CALL, 3, sourceIPAddress=ELSEWHERE)) == []


def spray(count: int) -> list[dict]:
    failed = {
        "errorMessage": "Failed authentication",
        "responseElements": {"ConsoleLogin": "Failure"},
        "additionalEventData": {"MFAUsed": "No"},
    }
    return [
        at(
            login(),
            number,
            days=number / 86400,
            **failed,
            userIdentity={"type": "IAMUser", "userName": f"user{number}", "accountId": "111122223333"},
        )
        for number in range(1, count + 1)
    ]


def test_one_address_that_fails_on_ten_users_has_an_alert_of_its_own():
    assert played(*spray(9)) == []
    (alert,) = played(*spray(10))

    assert (alert.rule, alert.score, alert.key.principal) == ("aws_console_failures", 35, "address|198.51.100.23")
    assert "user10" in alert.snapshot.reason


def test_its_success_makes_it_high():
    success = at(login() | MFA, 50, days=60 / 86400)
    (alert,) = played(*spray(10), success)

    assert (alert.rule, alert.score) == ("aws_console_failures", 57)
    assert played(success, *reversed(spray(10)))[0].score == 57


def test_a_login_that_is_an_alert_and_then_a_stopped_trail_are_one_pair():
    entered = at(login(), 1)
    stopped = at(call("cloudtrail", "StopLogging", 2, {"name": "t"}), 2, days=0.4)
    for records in itertools.permutations([entered, stopped]):
        (alert,) = played(*records)
        assert (alert.rule, alert.score, alert.snapshot.event_count) == ("aws_login_then_watching_stopped", 82, 2)
    later = at(call("cloudtrail", "StopLogging", 2, {"name": "t"}), 2, days=0.6)
    assert shown(played(entered, later)) == [("aws_watching_stopped", 57), ("aws_console_login_no_mfa", 40)]
