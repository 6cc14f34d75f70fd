"""docs/releasing.md names goals, files and surfaces that exist."""

import re

import gatewatch


def test_its_make_goals_exist(repository):
    page = (repository / "docs/releasing.md").read_text("utf-8")
    makefile = (repository / "Makefile").read_text("utf-8")
    goals = {goal for line in re.findall(r"\bmake ((?:[a-z][a-z-]* ?)+)", page) for goal in line.split()}

    assert goals >= {"setup", "lock", "docs", "check", "test", "package-wheel", "package-aws", "package-azure"}
    assert [goal for goal in sorted(goals) if f"\n{goal}:" not in makefile] == []


def test_the_version_is_where_it_says(repository):
    assert re.fullmatch(r"\d+\.\d+\.\d+", gatewatch.__version__)
    assert f'__version__ = "{gatewatch.__version__}"' in (repository / "shared/gatewatch/__init__.py").read_text("utf-8")


def test_the_changelog_has_a_place_for_what_comes_next(repository):
    headings = re.findall(r"^## \[(.+?)\]", (repository / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert headings[0] == "Unreleased"


def test_every_decision_is_listed(repository):
    listed = (repository / "docs/architecture.md").read_text("utf-8")
    decisions = sorted((repository / "docs/adr").glob("*.md"))

    assert [int(file.name[:4]) for file in decisions] == list(range(1, len(decisions) + 1))
    assert [file.name for file in decisions if f"(adr/{file.name})" not in listed] == []
    assert [file.name for file in decisions if not file.read_text("utf-8").startswith(f"# {int(file.name[:4])}. ")] == []
