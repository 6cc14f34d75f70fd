"""Cases for tests of `gatewatch check`: those of examples/cases.jsonl, with parts exchanged."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from gatewatch.cli.check.actual import ActualResult, actual_result
from gatewatch.cli.check.cases import WorkedCase, parse
from gatewatch.cli.check.run import run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cases.jsonl"
_BODIES = {body["case"]: body for body in map(json.loads, EXAMPLES.read_text("utf-8").splitlines())}


def case(name: str, **changes: Any) -> WorkedCase:
    """An example under its name, with some keys of its line exchanged."""
    return parse(json.dumps(_BODIES[name] | changes), name)


def aws_login(**detail: Any) -> dict[str, Any]:
    """The example's console login of root, with some keys of its detail exchanged."""
    record = deepcopy(_BODIES["root-no-mfa"]["input"])
    record["detail"] |= detail
    return record


def role_switch() -> dict[str, Any]:
    """A switch into a role of another account: a low alert."""
    origin = {"SwitchFrom": "arn:aws:iam::444455556666:user/a"}
    return aws_login(eventName="SwitchRole", additionalEventData=origin, responseElements={"SwitchRole": "Success"})


def sign_in(**fields: Any) -> dict[str, Any]:
    """The example's risky sign-in, with some fields exchanged. A field set to None is left out."""
    record = deepcopy(_BODIES["x-late-page"]["input"][1]["event"]) | fields
    return {key: value for key, value in record.items() if value is not None}


def actual(changed: WorkedCase) -> ActualResult:
    """What a run of the case leaves behind."""
    return actual_result(changed, run(changed))
