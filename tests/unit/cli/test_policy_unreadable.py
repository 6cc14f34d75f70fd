"""A stored policy that is broken or of a newer release: said plainly, and replaced only by an explicit word."""

import json

import pytest

from gatewatch.flow.policy import POLICY, version_key
from gatewatch.ports import StateWrite
from gatewatch.stores import open_store

TIGHT, LOOSE = 'notify_from = "low"\n', 'notify_from = "critical"\n'
BODIES = [
    pytest.param('{"schema": 9, "version": 3, "rooms": {}}', 3, id="a newer release"),
    pytest.param('{"version": 3, "tuning": 5}', 3, id="broken"),
    pytest.param('{"tuning": 5}', 2, id="broken, without its number"),
    pytest.param('{"version": -7, "tuning": 5}', 2, id="broken, with a number that cannot be"),
    pytest.param("[]", 2, id="another kind of JSON"),
    pytest.param("no JSON {", 2, id="no JSON at all"),
]


@pytest.fixture
def apply(gatewatch, filled, tmp_path):
    """Applies a tuning text over a version of the filled store."""

    def run(text, base, *more):
        (tmp_path / "t.toml").write_text(text)
        return gatewatch("tuning", "apply", tmp_path / "t.toml", "--base", base, "--store", filled, "--by", "dana", *more)

    return run


@pytest.fixture
def unreadable(apply, filled, request):
    """Two good versions, then one that this release cannot read."""
    assert (apply(TIGHT, 0, "--channels", "sns").code, apply(LOOSE, 1).code) == (0, 0)
    store = open_store(filled)
    known = store.read_state((), (POLICY,)).documents[POLICY]
    store.write_state([StateWrite(POLICY, request.param.encode(), known.version)])
    store.close()


@pytest.mark.parametrize(("unreadable", "number"), BODIES, indirect=["unreadable"])
def test_it_is_said_with_its_number_and_what_can_be_done(gatewatch, unreadable, apply, filled, number):
    for ran in (apply(TIGHT, number), gatewatch("tuning", "show", "--store", filled)):
        assert ran.code != 0
        assert f"the stored policy (version {number}) is broken, or of a newer release" in ran.err
        assert f"--base {number} --replace-unreadable" in ran.err


@pytest.mark.parametrize(("unreadable", "number"), BODIES, indirect=["unreadable"])
def test_it_is_replaced_by_an_explicit_word(gatewatch, unreadable, apply, filled, number):
    ran = apply(TIGHT, number, "--replace-unreadable")
    assert (ran.code, ran.out) == (0, '  notify_from: "critical" -> "low"\n')
    assert f"version {number + 1} is in force" in ran.err
    shown = json.loads(gatewatch("tuning", "show", "--store", filled, "--json").out)
    assert (shown["version"], shown["channels"], shown["tuning"]["notify_from"]) == (number + 1, ["sns"], "low")


@pytest.mark.parametrize(("unreadable", "number"), BODIES[:1], indirect=["unreadable"])
def test_a_stale_base_replaces_nothing(unreadable, apply, number):
    ran = apply(TIGHT, number - 1, "--replace-unreadable")
    assert ran.code != 0
    assert f"version {number}, not {number - 1}" in ran.err


@pytest.mark.parametrize(("unreadable", "number"), BODIES[::2], indirect=["unreadable"])
def test_it_is_replaced_although_the_last_good_one_says_the_same(unreadable, apply, number):
    ran = apply(LOOSE, number, "--replace-unreadable")
    assert "cannot be read and is replaced" in ran.err
    assert f"version {number + 1} is in force" in ran.err


@pytest.mark.parametrize("unreadable", [pytest.param(each.values[0], id=each.id) for each in BODIES], indirect=True)
def test_the_history_shows_what_can_be_read_and_says_that_the_newest_cannot(gatewatch, unreadable, filled):
    ran = gatewatch("tuning", "history", "--store", filled, "--json")
    assert [json.loads(line)["version"] for line in ran.out.splitlines()] == [1, 2]
    assert "the policy in force cannot be read" in ran.err


def test_over_a_good_policy_the_word_changes_nothing(apply):
    apply(TIGHT, 0)
    assert "version 1 says the same" in apply(TIGHT, 1, "--replace-unreadable").err
    assert "version 2 is in force" in apply(LOOSE, 1, "--replace-unreadable").err


def test_a_number_in_the_history_is_not_given_twice(apply, filled):
    apply(TIGHT, 0)
    store = open_store(filled)
    known = store.read_state((), (POLICY,)).documents[POLICY]
    store.write_state([StateWrite(POLICY, b"{}x", known.version), StateWrite(version_key(2), b"broken too", None)])
    store.close()
    assert "version 3 is in force" in apply(LOOSE, 2, "--replace-unreadable").err
