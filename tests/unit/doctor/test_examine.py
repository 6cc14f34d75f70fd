"""Every check is asked, whatever another raises; the answers are told apart."""

import argparse
import io
import json

import pytest

from gatewatch.cli import doctor
from gatewatch.cli.screen import Screen
from gatewatch.doctor.examine import Inspection, examine
from gatewatch.doctor.findings import CannotLook, Diagnosis, NeverAsked
from gatewatch.errors import StoreUnavailable
from gatewatch.model import Severity

LATE = Diagnosis(
    id="cursor-old",
    severity=Severity.HIGH,
    subject="sign_ins",
    problem="sign_ins was read up to 12:00 only.",
    fix="Start the function app:\naz functionapp start -n NAME -g GROUP",
)
REFUSED = Diagnosis(id="token-refused", severity=Severity.CRITICAL, problem="Graph refuses the token.", fix="Renew it.")
LIMIT = NeverAsked(what="whether people see a card", reason="asking sends one", command="gatewatch replay ...")


def _yields(*found):
    return lambda world: iter(found)


def _raises(error, *found):
    def ask(world):
        yield from found
        raise error

    return ask


def _screen():
    return Screen(io.StringIO(), io.StringIO(), io.StringIO())


def _options(*argv):
    parser = argparse.ArgumentParser()
    doctor.arguments(parser)
    return parser.parse_args(argv)


def test_a_check_gets_the_world_and_the_highest_severity_comes_first():
    asked = []
    found = examine("here", [Inspection("a", "", lambda w: asked.append(w) or [LATE]), Inspection("b", "", _yields(REFUSED))], "the world")

    assert asked == ["the world"]
    assert [one.id for one in found.findings] == ["token-refused", "cursor-old"]
    assert (found.checks, found.state) == (("a", "b"), "findings")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(CannotLook("no key", "set one"), "no key", id="said so"),
        pytest.param(StoreUnavailable("the store is away"), "the store is away", id="an error with a message"),
        pytest.param(KeyError("secret"), "unexpected KeyError", id="a fault: its text may hold a secret"),
    ],
)
def test_what_was_found_before_an_error_stays_and_the_rest_is_asked(error, reason):
    found = examine("here", [Inspection("a", "", _raises(error, LATE)), Inspection("b", "", _yields(REFUSED))], None)

    assert {one.id for one in found.findings} == {"cursor-old", "token-refused"}
    assert [(one.check, one.reason) for one in found.not_looked] == [("a", reason)]


def test_a_missing_answer_names_the_finding_that_explains_it():
    checks = [
        Inspection("a", "", _raises(CannotLook("401")), explained_by=("other", "token-refused")),
        Inspection("b", "", _yields(REFUSED)),
    ]

    assert [one.because for one in examine("here", checks, None).not_looked] == ["token-refused"]


@pytest.mark.parametrize(
    ("checks", "argv", "code"),
    [
        pytest.param([_yields()], [], 0, id="healthy"),
        pytest.param([_yields(LATE)], [], 1, id="a finding"),
        pytest.param([_raises(CannotLook("away"))], [], 2, id="nobody could look"),
        pytest.param([_raises(CannotLook("away")), _yields(LATE)], [], 1, id="both"),
        pytest.param([_yields(LATE)], ["--fail-from", "critical"], 0, id="below what counts"),
        pytest.param([_yields(LATE), _raises(CannotLook("away"))], ["--fail-from", "critical"], 2, id="below, and nobody could look"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_the_exit_code_says_what_was_found(checks, argv, code, form):
    found = examine("here", [Inspection(str(i), "", ask) for i, ask in enumerate(checks)], None)

    assert doctor.show(found, _options(*argv, *form), _screen()) == code


def test_people_read_the_problem_the_fix_and_the_page():
    screen = _screen()
    checks = [Inspection("a", "", _yields(LATE)), Inspection("b", "", _raises(CannotLook("no key", "set ELASTIC_API_KEY")))]

    doctor.show(examine("azure", checks, None, [LIMIT]), _options(), screen)

    assert screen.out.getvalue().splitlines() == [
        "HIGH cursor-old sign_ins",
        "  wrong  sign_ins was read up to 12:00 only.",
        "  fix    Start the function app:",
        "         az functionapp start -n NAME -g GROUP",
        "  docs   https://github.com/gatewatch/gatewatch/blob/main/docs/doctor.md#cursor-old",
        "",
        "not looked at: b: no key",
        "  fix    set ELASTIC_API_KEY",
        "",
    ]
    assert screen.err.getvalue().splitlines() == [
        "never asked: whether people see a card: asking sends one; see it with: gatewatch replay ...",
        "azure: 2 checks, 1 answered, 1 findings",
    ]


def test_machines_read_one_object():
    screen = _screen()

    doctor.show(examine("azure", [Inspection("a", "", _yields(LATE))], None, [LIMIT]), _options("--json"), screen)

    assert json.loads(screen.out.getvalue()) == {
        "schema": 1,
        "target": "azure",
        "state": "findings",
        "checks": ["a"],
        "findings": [
            {
                "id": "cursor-old",
                "severity": "high",
                "subject": "sign_ins",
                "problem": "sign_ins was read up to 12:00 only.",
                "fix": "Start the function app:\naz functionapp start -n NAME -g GROUP",
                "docs": "https://github.com/gatewatch/gatewatch/blob/main/docs/doctor.md#cursor-old",
            }
        ],
        "not_looked": [],
        "never_asked": [{"what": LIMIT.what, "reason": LIMIT.reason, "command": LIMIT.command}],
    }
