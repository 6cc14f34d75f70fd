"""`make demo` as a stranger runs it: both real runtimes, one store, one incident in two clouds."""

import os

import pytest

from scripts.local_cloud.lambda_artifact import build, environment
from scripts.local_cloud.node import NodeMissing, install
from tests.support.checkout import copy_without_tests, make

pytestmark = [pytest.mark.emulator, pytest.mark.functions, pytest.mark.slow]


@pytest.fixture(scope="module")
def output(repository, tmp_path_factory) -> str:
    """What `make demo` prints in a copy without tests; what is already installed or built here is linked into it."""
    try:
        install()
    except NodeMissing as missing:
        pytest.skip(f"no storage emulator: {missing}")
    built = build().template.parents[1]
    runtime = environment(".venv-rie", "requirements/rie.txt")
    checkout = copy_without_tests(repository, tmp_path_factory.mktemp("demo") / "checkout")
    (checkout / "build").mkdir()
    for place in (built, runtime, repository / ".venv-sam", repository / "node_modules"):
        (checkout / place.relative_to(repository)).symlink_to(place)
    done = make(checkout, "demo", path=os.environ["PATH"])
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_clouds_run_on_their_real_runtimes(output: str):
    assert "not on the real runtime" not in output
    assert "Lambda Runtime Interface Emulator" in output
    assert "Functions runtime" in output


def test_the_same_event_again_tells_nobody(output: str):
    again = output.split("the same root login is delivered again\n")[1].splitlines()[0]
    assert again.strip() == "1 of 1 messages done; no notification is sent"


def test_the_late_page_makes_one_incident_of_two_clouds(output: str):
    assert "second poll: 1 Teams card posted" in output
    assert "CRITICAL 92  xcloud_entra_risk_then_aws  (open)" in output
    assert "SNS: CRITICAL 92" in output


def test_the_arithmetic_the_text_and_the_card_are_shown(output: str):
    for part in ("+40  no MFA on root", "3 SNS messages were published", "Subject: CRITICAL 87", "│ CRITICAL 92", "gatewatch.sqlite"):
        assert part in output
    assert "\ufffd" not in output
