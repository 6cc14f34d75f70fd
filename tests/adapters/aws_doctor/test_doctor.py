"""`gatewatch doctor aws` over an organisation in moto: healthy says nothing, every planted fault is found by name, two at once give both."""

import io
import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from moto import mock_aws

from aws_lambda.cli_doctor import world_of
from aws_lambda.doctor.checks import CHECKS
from gatewatch.cli import main
from gatewatch.cli.screen import Screen
from gatewatch.doctor.examine import examine
from gatewatch.doctor.findings import Examination

from . import planted_beyond, planted_doubts, planted_home
from .faults import FAULTS
from .organisation import STACK_SET, Organisation, with_few_regions

PLANTED = (planted_beyond, planted_doubts, planted_home)  # what FAULTS holds
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    with pytest.MonkeyPatch.context() as here, mock_aws():
        for name, value in KEYS.items():
            here.setenv(name, value)
        with_few_regions(here)
        yield Organisation(tmp_path_factory.mktemp("organisation"))


def doctor(organisation: Organisation, *words: str) -> tuple[int, str]:
    """As a person runs it."""
    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
    code = main(["doctor", "aws", "--stack-set", STACK_SET, "--store", organisation.store, *words], screen)
    return code, screen.out.getvalue()


def examined(organisation: Organisation, **changes: str) -> Examination:
    """The same without the words; making some fifty clients of boto3 takes longer than asking them, so the tests share them."""
    options = Namespace(**{"stack": "gatewatch", "stack_set": STACK_SET, "beside": "", "store": organisation.store, **changes})
    return examine("stack", CHECKS, world_of(options, {}, organisation.clients))


def ids(found: Examination) -> set[str]:
    return {one.id for one in found.findings}


def test_a_healthy_organisation_gives_no_finding(organisation: Organisation) -> None:
    found = examined(organisation)
    assert (found.state, found.findings, found.not_looked) == ("healthy", (), ())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_nothing_else(organisation: Organisation, name: str) -> None:
    plant, expected = FAULTS[name]
    with plant(organisation):
        found = examined(organisation)
    assert (ids(found), found.not_looked) == (expected, ())
    assert all(one.problem and one.fix for one in found.findings)


PAIRS = [
    ("trail_stopped", "rule_disabled"),
    ("bus_policy_removed", "mapping_disabled"),
    ("a_forwarder_changed_by_hand", "a_forwarder_that_is_not_heard"),
    ("nobody_subscribed", "no_canary_for_two_hours"),
    ("central_rule_disabled", "rule_narrowed"),
    ("a_dead_letter", "an_account_without_forwarder"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[" and ".join(pair) for pair in PAIRS])
def test_two_at_once_give_both(organisation: Organisation, one: str, other: str) -> None:
    with ExitStack() as both:
        for name in (one, other):
            both.enter_context(FAULTS[name][0](organisation))
        found = examined(organisation)
    assert ids(found) >= FAULTS[one][1] | FAULTS[other][1]


def test_what_is_mended_is_healthy_again(organisation: Organisation) -> None:
    """Runs after every fault was planted and mended."""
    assert examined(organisation).state == "healthy"
    code, out = doctor(organisation, "--json")
    assert (code, json.loads(out)["state"], json.loads(out)["findings"]) == (0, "healthy", [])


def test_people_read_what_is_wrong_and_the_command_that_mends_it(organisation: Organisation) -> None:
    with FAULTS["rule_disabled"][0](organisation):
        code, out = doctor(organisation)
    assert code == 1
    assert "CRITICAL rule-disabled gatewatch-gatewatch-sign-in" in out
    assert "aws events enable-rule --name gatewatch-gatewatch-sign-in --region us-east-1" in out


def test_a_stack_that_is_not_there_is_one_finding(organisation: Organisation) -> None:
    found = examined(organisation, stack="elsewhere")
    assert ids(found) == {"stack-missing"}
    assert {one.because for one in found.not_looked} == {"stack-missing"}


def test_an_index_that_cannot_be_read_hides_nothing_else(organisation: Organisation) -> None:
    with FAULTS["trail_stopped"][0](organisation):
        found = examined(organisation, store="sqlite:/nowhere/index.sqlite")
    assert ids(found) == {"trail-stopped"}
    assert {one.check for one in found.not_looked} == {"canary", "policy", "silent-regions"}
    assert examined(organisation, store="sqlite:/nowhere/index.sqlite").state == "could_not_look"


def test_every_finding_has_its_place_in_the_documentation(repository: Path) -> None:
    page = (repository / "docs" / "aws_doctor.md").read_text("utf-8")
    source = "".join(file.read_text("utf-8") for file in sorted((repository / "aws_lambda" / "doctor").glob("*.py")))
    known = set().union(*(expected for _, expected in FAULTS.values())) - {"policy-unreadable", "engine-newer"}  # docs/doctor.md has them
    assert len(FAULTS) >= 15
    assert all(f'"{one}"' in source and f'<a id="{one}">' in page for one in known)
