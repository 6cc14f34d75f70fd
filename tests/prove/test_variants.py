"""What a careful attacker does instead ends as the table says; every miss has its reason."""

import re

import msgspec

from gatewatch.cli.simulate.behaviour import names
from scripts.prove import table, variants


def test_every_variant_ends_as_the_table_says():
    assert list(variants.check()) == []


def test_every_variant_is_one_of_its_own_after_days_of_a_behaviour():
    found = variants.variants()

    assert len({one.step for one in found}) == len(found) > 50
    assert {one.ordinary for one in found} <= {*names(), ""}
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", one.attack) for one in found)


def test_a_miss_without_a_reason_and_a_reason_of_what_is_notified_are_said():
    stale = msgspec.structs.replace(variants.variants()[0], step="one", why="a reason")
    rows = [{"step": "one", "verdict": table.NOTIFIED, "why": ""}, {"step": "two", "verdict": table.MISSED, "why": ""}]

    assert list(variants.problems([stale], rows)) == [
        "variants: two: missed without a reason",
        "variants: one: is notified, its reason is stale",
    ]
