"""A case's name decides nothing."""

import json

import pytest
from msgspec import structs

from gatewatch.cli.check.cases import read
from gatewatch.cli.check.command import CaseVerdict, verdict
from tests.support.check_cases import case, role_switch

NEW_NAMES = ("x-1", "evil-1", "renamed", "")


def compared(found: CaseVerdict) -> tuple[object, ...]:
    """What a name could change. Documents are left out: a record without any time has the time of the run."""
    values = {key: value for key, value in (found.actual or {}).items() if key not in {"documents", "rendered"}}
    return found.passed, found.unsupported, found.differences, values


def verdicts(cases, name=None):
    """The verdicts of the cases as they are, or under one name, with their own expectations and with a wrong one."""
    for given in cases:
        named = given if name is None else structs.replace(given, name=name)
        yield compared(verdict(named))
        yield compared(verdict(structs.replace(named, expect=given.expect | {"alerts": 7})))


@pytest.mark.parametrize("name", NEW_NAMES, ids=repr)
def test_renaming_the_example_cases_changes_no_verdict(examples, name):
    low = case("root-no-mfa", input=role_switch(), expect={"fire": True, "severity": "low", "alerts": 1})
    cases = [*read(examples / "cases.jsonl"), low]

    assert list(verdicts(cases)) == list(verdicts(cases, name))


def test_renaming_every_given_case_changes_no_verdict(conformance_data):
    given = list(read(conformance_data / "cases" / "cases.jsonl"))

    assert list(verdicts(given)) == list(verdicts(given, "x-1"))


def test_renamed_in_the_file_every_given_case_still_passes(conformance_data, gatewatch, tmp_path):
    lines = (conformance_data / "cases" / "cases.jsonl").read_text("utf-8").splitlines()
    renamed = tmp_path / "renamed.jsonl"
    renamed.write_text("".join(json.dumps(json.loads(line) | {"case": f"n{n}"}) + "\n" for n, line in enumerate(lines)), "utf-8")

    ran = gatewatch("check", renamed)

    assert f"{len(lines)} passed, 0 failed, 0 unsupported" in ran.out
