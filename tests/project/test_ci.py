"""The forge's workflow runs what .ci/run runs, with no more rights than it needs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

GOAL = re.compile(r"^make ([a-z-]+)", re.MULTILINE)
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$")
MATRIX = "${{ matrix.goal }}"


@pytest.fixture(scope="module")
def text(repository: Path) -> str:
    return (repository / ".github/workflows/ci.yml").read_text("utf-8")


@pytest.fixture(scope="module")
def workflow(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


def commands(job: dict[str, Any]) -> list[str]:
    """What a job runs, written out once for each goal of its matrix."""
    goals = job.get("strategy", {}).get("matrix", {}).get("goal", [""])
    return [step["run"].replace(MATRIX, goal) for goal in goals for step in job["steps"] if "run" in step]


def test_it_runs_the_goals_of_the_local_run(workflow, repository):
    local = GOAL.findall((repository / ".ci/run").read_text("utf-8"))
    there = [command for job in workflow["jobs"].values() for command in commands(job)]

    assert set(local) == {"setup", "check", "test", "test-elastic"}
    assert {f"make {goal}" for goal in local} == set(there)


def test_every_goal_is_in_the_makefile(repository):
    goals = GOAL.findall((repository / ".ci/run").read_text("utf-8"))
    makefile = (repository / "Makefile").read_text("utf-8")

    assert [goal for goal in goals if f"\n{goal}:" not in makefile] == []


def test_it_may_only_read(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())


def test_no_job_runs_for_ever(workflow):
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_every_action_is_pinned_by_commit(text):
    uses = [line.strip().removeprefix("- ") for line in text.splitlines() if "uses:" in line]

    assert uses
    assert [line for line in uses if not PINNED.match(line)] == []


def test_the_checkout_keeps_no_credential(workflow):
    checkouts = [step for job in workflow["jobs"].values() for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
