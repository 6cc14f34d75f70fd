"""The forms of a provider's records: a query made from them leaves out nothing that the slow way keeps or learns from."""

import random

import pytest
from msgspec import structs

from gatewatch.providers.condition import AnyOf, Compare, Leaf, leaves, within
from gatewatch.providers.record_form import leaves_out, passes
from gatewatch.tuning import Tuning
from tests.support.mutations import mutated
from tests.support.record_forms import FORMS, TUNINGS, left_out, matters
from tests.support.samples import each, every_provider, every_sample
from tests.support.single_values import single_values

CHANGED = 600
every_tuning = pytest.mark.parametrize("tuning", TUNINGS.values(), ids=TUNINGS)


@every_sample
@every_tuning
@pytest.mark.parametrize("familiarity", [True, False])
def test_a_sample_that_matters_passes(provider, sample, tuning, familiarity):
    if matters(sample.record, tuning, familiarity=familiarity):
        assert not left_out(sample.record, tuning, familiarity=familiarity)


@every_tuning
@pytest.mark.parametrize("familiarity", [True, False])
def test_a_changed_sample_that_matters_passes(tuning, familiarity):
    rng = random.Random(11)
    records = [sample.values[1].record for sample in each()]
    dropped = 0
    for number in range(CHANGED):
        record = mutated(records[number % len(records)], records, rng)
        out = left_out(record, tuning, familiarity=familiarity)
        dropped += out
        assert not (out and matters(record, tuning, familiarity=familiarity)), record
    assert dropped > CHANGED / 40  # else the forms leave out nothing, and the test proves nothing


@every_tuning
@pytest.mark.parametrize("familiarity", [True, False])
def test_a_record_that_matters_for_a_single_value_passes(tuning, familiarity):
    records = list(single_values())
    out = [record for record in records if left_out(record, tuning, familiarity=familiarity)]

    assert [record for record in out if matters(record, tuning, familiarity=familiarity)] == []
    assert len(out) > 5


# Conditions that are wider than what any record shows: another condition speaks for every record in which they hold.
COVERED = {("resultType",), ("properties", "resultType"), ("servicePrincipalName",), ("properties", "servicePrincipalName")}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_no_condition_can_be_left_out_unnoticed(form):
    """Each test of each form is taken away: some record that matters is then left out, or the suite would not see that it is missing."""
    tuning = TUNINGS["default"]
    needed = {familiarity: [r for r in single_values() if matters(r, tuning, familiarity=familiarity)] for familiarity in (True, False)}
    unseen = []
    for part in ("keep", "teach"):
        whole = form.keep(tuning) if part == "keep" else form.teach
        for leaf in leaves(whole):
            rest = without(whole, leaf)
            weaker = structs.replace(form, keep=lambda _tuning, rest=rest: rest) if part == "keep" else structs.replace(form, teach=rest)
            if not any(leaves_out(weaker, record, tuning, familiarity=part == "teach") for record in needed[part == "teach"]):
                unseen.append((part, leaf))

    assert [each for each in unseen if each[1].path not in COVERED] == []


def without(condition, leaf):
    if isinstance(condition, Leaf):
        return AnyOf(()) if condition is leaf else condition
    return type(condition)(tuple(without(each, leaf) for each in condition.conditions))


@every_provider
def test_a_form_leaves_out_a_sample_that_is_ignored(provider):
    """What no record shows is not there: each form of each provider leaves out one of the samples that are ignored, or a wrapped one."""
    ignored = [sample.record for sample in provider.samples() if sample.ignored is not None]

    for form in provider.forms:
        outer = form.objects[0] if len(form.objects) > 1 else ()
        records = [*ignored, *(wrapped(record, outer, form) for record in ignored)]
        assert any(leaves_out(form, record, Tuning(), familiarity=False) for record in records), form.name


def wrapped(record, outer, form):
    found = dict(record)
    for name in reversed(outer):
        found = {name: found}
    return found | {path[0]: "aws.ec2" if path == ("source",) else "SignInLogs" for path in form.texts if len(path) == 1}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_texts_are_lower_case_and_those_that_are_searched_fold_evenly(form):
    """A query compares lower(value): an upper-case letter would never be found. Inside JSON, "k" and "s" have other forms that fold to them."""
    for tuning in TUNINGS.values():
        for leaf in leaves(passes(form, tuning)):
            assert all(value == value.lower() for value in leaf.values), leaf
            assert leaf.compare is not Compare.INSIDE or all(value.isascii() for value in leaf.values)


def test_a_condition_can_be_moved_into_an_envelope():
    form = FORMS[0]
    moved = within(form.teach, ("outer",))

    assert [leaf.path for leaf in leaves(moved)] == [("outer", *leaf.path) for leaf in leaves(form.teach)]
