"""What the bucket's function expects EventBridge to bring is what the template's rules deliver."""

import json
from typing import Any

import msgspec
import pytest

from aws_lambda.live_events import NAMES, PREFIXES, LiveEvents
from scripts.event_rules import RULES
from tests.builders.aws import ACCOUNT, user_record


def delivered() -> dict[str, tuple[set[str], set[str]]]:
    """The names and prefixes of every rule that no parameter switches off, by service."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for rule in RULES:
        for pattern in rule.pattern.get("$or", [rule.pattern]) if not rule.option else ():
            for service in pattern.get("detail", {}).get("eventSource", ()):
                names, prefixes = found.setdefault(service, (set(), set()))
                names.update(name for name in pattern["detail"]["eventName"] if isinstance(name, str))
                prefixes.update(name["prefix"] for name in pattern["detail"]["eventName"] if isinstance(name, dict))
    return found


def test_the_names_are_those_of_the_rules() -> None:
    assert {service: (set(names), set(PREFIXES.get(service, ()))) for service, names in NAMES.items()} == delivered()


def record(**changes: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(user_record("alice", **changes)).encode())


@pytest.mark.parametrize(
    ("places", "changes", "brings"),
    [
        pytest.param([f"{ACCOUNT}/us-east-1"], {}, True, id="here"),
        pytest.param(["all"], {}, True, id="every account"),
        pytest.param(["none"], {}, False, id="nowhere"),
        pytest.param([f"{ACCOUNT}/eu-west-1"], {}, False, id="another Region"),
        pytest.param(["999988887777/us-east-1"], {}, False, id="another account"),
        pytest.param(["all"], {"eventName": "CreateOAuth2TokenWithIAM"}, True, id="a prefix"),
        pytest.param(["all"], {"eventName": "CheckMfa"}, False, id="a name of no rule"),
        pytest.param(["all"], {"eventSource": "ec2.amazonaws.com"}, False, id="a service of no rule"),
        pytest.param(["all"], {"eventName": 7}, False, id="no name"),
    ],
)
def test_what_should_have_come(places: list[str], changes: dict[str, Any], brings: bool) -> None:
    assert LiveEvents(places).brings(record(**changes)) is brings
    assert LiveEvents(places).brings(json.loads(bytes(record(**changes)))) is brings
