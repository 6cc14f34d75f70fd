"""Rules are asked only about events that fit their triggers, and lose nothing by it."""

from datetime import timedelta

import pytest
from hypothesis import given
from msgspec import structs

from gatewatch.alerts.windows import Windows
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, Outcome, RawRecord
from gatewatch.providers.aws.detail import AwsSignIn, AwsSubject
from gatewatch.providers.aws.rules import aws_console_mfa_failures
from gatewatch.providers.aws.samples import authorization, cli_token, console_login
from gatewatch.providers.catalogue import RULES
from gatewatch.providers.endpoint.detail import Process
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.entra.samples import detection, sign_in
from gatewatch.providers.rule import Trigger, Window
from gatewatch.providers.rule_index import RuleIndex
from gatewatch.providers.samples import repeated
from gatewatch.scoring import score
from gatewatch.tuning import Tuning
from tests.builders.aws import envelope, user_record
from tests.builders.common import detail

from .test_score_laws import ACTIVITIES, TUNINGS, WINDOWS, law

EVERY = [pytest.param(rule, id=rule.id) for rule in RULES]
EXAMPLES = [pytest.param(example, id=f"{rule.id}: {example.name}") for rule in RULES for example in rule.examples]
LISTED = ("anaya", "alice@contoso.com")
TUNING = Tuning(break_glass=LISTED, federated_no_mfa="alert", endpoint_mode="wildcard")


def unindexed(activity, window, tuning, scope="principal"):
    rules = [rule for rule in RULES if rule.scope == scope]
    return [(rule.id, found) for rule in rules if (found := rule.match(activity, window, tuning)) is not None]


def indexed(activity, window, tuning, rules=score.ALL_RULES):
    return [(rule.id, found) for rule, found in score.findings(activity, window, tuning, rules)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_index_finds_what_asking_every_rule_finds(example):
    window = Window(example.window)
    for tuning in (example.tuning, TUNING):
        for outcome in Outcome:
            activity = structs.replace(example.activity, event=structs.replace(example.activity.event, outcome=outcome))
            assert indexed(activity, window, tuning) == unindexed(activity, window, tuning)
            assert indexed(activity, window, tuning, score.ADDRESS_RULES) == unindexed(activity, window, tuning, "address")


@law
@given(ACTIVITIES, WINDOWS, TUNINGS)
def test_so_it_does_for_any_activity(activity, window, tuning):
    assert indexed(activity, window, tuning) == unindexed(activity, window, tuning)


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_is_asked_about_its_own_hits(rule):
    """A trigger that leaves a hit out would silence the rule."""
    hits = [example.activity for example in rule.examples if example.points is not None]
    assert all(rule in RuleIndex([rule]).of(activity) for activity in hits)


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_that_looks_around_says_how_far(rule):
    """Its examples with surroundings lie within its reach."""
    ages = [example.activity.time - other.time for example in rule.examples for other in example.window]
    assert all(age <= rule.reach for age in ages)


def named(rule, *triggers, **changes):
    return structs.replace(rule, on=triggers, **changes)


def test_general_and_named_rules_keep_their_order():
    first, second, third = RULES[:3]
    index = RuleIndex(
        [
            named(first, Trigger(AwsSignIn)),
            named(second, Trigger(AwsSignIn, frozenset({"ConsoleLogin"})), Trigger(Process)),
            named(third, Trigger(AwsSignIn), Trigger(AwsSignIn, frozenset({"ConsoleLogin"}))),
        ]
    )
    assert [rule.id for rule in index.of(console_login())] == [first.id, second.id, third.id]
    assert [rule.id for rule in index.of(cli_token())] == [first.id, third.id]
    assert [rule.id for rule in index.of(process())] == [second.id]
    assert index.of(sign_in()) == ()


def test_a_rule_on_one_outcome_is_asked_about_no_other():
    failed = console_login(outcome=Outcome.FAILURE)
    index = RuleIndex(
        [named(RULES[0], Trigger(AwsSignIn, frozenset({"ConsoleLogin"}), Outcome.FAILURE)), named(RULES[1], Trigger(AwsSignIn))]
    )
    assert [rule.id for rule in index.of(failed)] == [RULES[0].id, RULES[1].id]
    assert [rule.id for rule in index.of(console_login())] == [RULES[1].id]


def test_a_rule_on_some_identities_is_asked_about_no_other():
    index = RuleIndex([named(RULES[0], Trigger(AwsSignIn, subjects=frozenset({AwsSubject.ROOT}))), named(RULES[1], Trigger(AwsSignIn))])
    assert [rule.id for rule in index.of(console_login(subject=AwsSubject.ROOT))] == [RULES[0].id, RULES[1].id]
    assert [rule.id for rule in index.of(console_login(subject=AwsSubject.IAM_USER))] == [RULES[1].id]


def test_a_rule_on_what_is_first_is_asked_only_then():
    index = RuleIndex([named(RULES[0], Trigger(AwsSignIn, first=True)), named(RULES[1], Trigger(AwsSignIn))])
    assert [rule.id for rule in index.of(console_login(firsts=("network",)))] == [RULES[0].id, RULES[1].id]
    assert [rule.id for rule in index.of(console_login())] == [RULES[1].id]


def test_names_that_no_trigger_has_are_not_kept():
    """An attacker chooses names of calls; what is kept of earlier answers does not grow with them."""
    index = RuleIndex([named(RULES[0], Trigger(AwsSignIn, frozenset({"ConsoleLogin"})), Trigger(Process))])
    for number in range(3):
        assert index.of(console_login(event_name=f"Call{number}", subject=f"kind{number}")) == ()
    assert index.kinds == 1


def test_the_reach_of_an_event_is_the_longest_of_its_rules():
    on, minute = Trigger(AwsSignIn, frozenset({"ConsoleLogin"})), timedelta(minutes=1)
    index = RuleIndex([named(RULES[0], on, reach=minute), named(RULES[1], on, reach=3 * minute), named(RULES[2], Trigger(Process))])
    assert index.reach(console_login()) == 3 * minute
    assert index.reach(process()) == timedelta()
    assert index.reach(detection()) == timedelta()


@pytest.mark.parametrize(("minutes", "fires"), [(0, False), (1, False), (2, True)])
def test_a_rule_sees_no_further_than_its_reach(minutes, fires):
    """Three failures a minute apart; the window that is handed in holds them all."""
    failed = console_login(outcome=Outcome.FAILURE)
    rule = structs.replace(aws_console_mfa_failures.RULE, reach=timedelta(minutes=minutes))
    assert bool(score.findings(failed, Window(repeated(failed, 2)), Tuning(), RuleIndex([rule]))) is fires


def test_no_window_is_built_where_no_rule_looks_around():
    switch = console_login(event_name="SwitchRole")
    windows = Windows([authorization(), switch])
    assert score.ALL_RULES.reach(switch) == timedelta()
    assert windows.before(switch, timedelta()).activities == ()


@pytest.mark.parametrize("name", ["ConsoleLogin", "consolelogin", "SwitchRole", "createoauth2token", "SomethingNew"])
def test_the_action_of_a_cloudtrail_event_is_its_event_name(name):
    """Triggers of AWS rules name events; the index looks them up by action."""
    [found] = decode(RawRecord(data=envelope(user_record("anaya", eventName=name))))
    assert isinstance(found, Event)
    assert found.action == detail(found).event_name


def test_every_rule_has_a_trigger():
    assert all(rule.on for rule in RULES)
