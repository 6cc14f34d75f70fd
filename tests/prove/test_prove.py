"""The short form of `make prove`: attacks and stories as their tables say, a small noisy organisation, and what the matrix table claims."""

import os
from pathlib import Path

import pytest

from gatewatch.cli.simulate.behaviour import NAMED_FIRST, behaviour, names
from gatewatch.providers.catalogue import BY_ID
from scripts.prove import attacks, stories, table
from scripts.prove.matrix import campaign as matrix
from scripts.prove.noise import campaign as noise

SMALL = 16


def test_the_published_attacks_end_as_the_table_says(conformance_data):
    assert list(attacks.check(conformance_data)) == []


def test_the_stories_end_as_the_table_says():
    where = os.environ.get("CONFORMANCE_DATA")
    assert list(stories.check(Path(where) if where else None)) == []


@pytest.mark.slow
def test_a_small_organisation_is_left_alone_and_every_planted_attack_is_notified_once():
    assert list(noise.problems(noise.run(SMALL))) == []


def test_every_rule_has_a_behaviour_and_every_behaviour_a_rule():
    assert set(names()) - set(NAMED_FIRST) == set(BY_ID)


@pytest.mark.parametrize("name", names())
def test_a_behaviour_names_rules_that_exist(name):
    assert set(behaviour(name).rules) <= set(BY_ID)


def test_no_rule_is_called_built_that_no_live_input_notifies_of():
    rows = table.load(matrix.NAME)
    assert matrix.not_live(rows, BY_ID) == []
    assert {row["row"] for row in rows if row["what"] != "attack"} == set(names())
