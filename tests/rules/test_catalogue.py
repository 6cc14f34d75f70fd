"""One file governs every rule: its name, its story, its proof, its place in the list and its playbook."""

import re
import sys
from itertools import chain

import pytest

from gatewatch.documents.rules_page import page
from gatewatch.model import Outcome, Severity
from gatewatch.providers.catalogue import BY_ID, CANCELLED_BY_CLOSING, CATALOGUE_ORDER, CORRELATION, PAIR_RULES, PROVIDERS, RULES
from gatewatch.providers.controls import CONTROLS
from gatewatch.providers.entra.samples import sign_in
from gatewatch.providers.rule import IDENTITY_RISK, PairRule, Rule, Window

EVERY = [pytest.param(rule, id=rule.id) for rule in (*RULES, *PAIR_RULES)]
EXAMPLES = [pytest.param(rule, example, id=f"{rule.id}: {example.name}") for rule in RULES for example in rule.examples]
PAIR_EXAMPLES = [pytest.param(rule, example, id=f"{rule.id}: {example.name}") for rule in PAIR_RULES for example in rule.examples]

# Every technique that a rule may name (ATT&CK v18.1, Enterprise).
TECHNIQUES = {
    "T1021.007": "Remote Services: Cloud Services",
    "T1078.004": "Valid Accounts: Cloud Accounts",
    "T1098": "Account Manipulation",
    "T1090.003": "Proxy: Multi-hop Proxy",
    "T1110": "Brute Force",
    "T1110.003": "Brute Force: Password Spraying",
    "T1528": "Steal Application Access Token",
    "T1550.001": "Use Alternate Authentication Material: Application Access Token",
    "T1552.005": "Unsecured Credentials: Cloud Instance Metadata API",
    "T1562.008": "Impair Defenses: Disable or Modify Cloud Logs",
    "T1606.002": "Forge Web Credentials: SAML Tokens",
    "T1621": "Multi-Factor Authentication Request Generation",
}

# The order of the specification's two tables: it breaks ties of which rule names an alert.
SPECIFIED = (
    "aws_console_login_no_mfa",
    "aws_root_console_login",
    "entra_risky_signin",
    "entra_anonymized_ip_signin",
    "entra_user_risk_detection",
    "entra_confirmed_compromised",
    "entra_undetermined_risk",
    "endpoint_cloud_cli_auth",
    "aws_federated_user_console_login",
    "aws_console_login_instance_role",
    "aws_console_login_unattributed_role",
    "aws_signin_token_unexpected_client",
    "aws_switch_role_cross_account",
    "aws_cli_login",
    "aws_console_mfa_failures",
    "aws_console_success_after_failures",
    "entra_risky_signin_blocked",
    "break_glass_signin",
    "xcloud_entra_risk_then_aws",
    "xcloud_endpoint_then_cloud",
)


def points(found):
    return None if found is None else found.points


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_a_rule_gives_its_example_these_points(rule: Rule, example):
    assert points(rule.match(example.activity, Window(example.window), example.tuning)) == example.points


@pytest.mark.parametrize(("rule", "example"), PAIR_EXAMPLES)
def test_a_pair_rule_gives_its_example_these_points(rule: PairRule, example):
    assert points(rule.match(example.first, example.second, example.tuning)) == example.points


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_proves_what_it_finds_and_what_it_leaves_alone(rule):
    proofs = {example.points is None for example in rule.examples}
    assert proofs == {True, False}


@pytest.mark.parametrize("rule", EVERY)
def test_example_names_are_its_own(rule):
    names = [example.name for example in rule.examples]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", EVERY)
def test_an_id_is_a_snake_case_name_and_the_name_of_its_file(rule):
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", rule.id)
    module = rule.match.__module__
    assert module.endswith(f".rules.{rule.id}")
    assert sys.modules[module].RULE is rule


@pytest.mark.parametrize("rule", EVERY)
def test_a_family_begins_the_id(rule):
    assert rule.id.startswith(f"{rule.metadata.family}_") or rule.id == "break_glass_signin"
    assert rule.metadata.family in {*(provider.name for provider in PROVIDERS), CORRELATION.name}


@pytest.mark.parametrize("rule", EVERY)
def test_techniques_are_known(rule):
    assert rule.metadata.attack
    assert set(rule.metadata.attack) <= TECHNIQUES.keys()


@pytest.mark.parametrize("rule", EVERY)
def test_references_are_https(rule):
    assert rule.metadata.references
    assert all(re.fullmatch(r"https://[a-z0-9.-]+/\S*", reference) for reference in rule.metadata.references)


@pytest.mark.parametrize("rule", EVERY)
def test_the_story_is_told_in_sentences(rule):
    assert rule.metadata.title[0].isupper()
    assert not rule.metadata.title.endswith(".")
    assert rule.metadata.meaning[0].isupper()
    assert rule.metadata.meaning.endswith(".")
    assert rule.metadata.false_positives
    assert all(line.endswith(".") for line in rule.metadata.false_positives)


@pytest.mark.parametrize("rule", EVERY)
def test_every_control_is_one_that_ctid_lists(rule):
    assert set(rule.metadata.controls) <= CONTROLS.keys()
    assert rule.metadata.controls


@pytest.mark.parametrize("rule", EVERY)
def test_the_playbook_answers_what_a_responder_asks(rule, repository):
    text = (repository / "docs" / "playbooks" / f"{rule.id}.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["What happened", "Check first", "Evidence", "Contain", "Close as benign only with", "References"]
    assert text.startswith(f"# {rule.metadata.title}\n")
    assert f"`{rule.id}`" in text
    assert all(technique in text for technique in rule.metadata.attack)
    assert all(control in text for control in rule.metadata.controls)


def test_no_playbook_is_left_of_a_rule_that_is_gone(repository):
    assert {page.stem for page in (repository / "docs" / "playbooks").glob("*.md")} - {"README"} == set(BY_ID)


def test_the_list_names_every_rule_file(repository):
    files = {path.stem for path in (repository / "shared/gatewatch/providers").glob("*/rules/*.py")}
    assert files - {"__init__"} == set(BY_ID)


def test_the_catalogue_has_the_order_of_the_specification():
    assert tuple(rule for rule in BY_ID if rule in SPECIFIED) == SPECIFIED
    assert sorted(CATALOGUE_ORDER, key=CATALOGUE_ORDER.__getitem__) == list(BY_ID)


def test_ids_are_distinct():
    assert len(BY_ID) == len(RULES) + len(PAIR_RULES)


def test_the_first_eight_are_tier_one():
    assert [BY_ID[rule].metadata.tier for rule in SPECIFIED] == [1] * 8 + [2] * 12


def test_closing_takes_back_the_rules_on_entra_risk_and_nothing_else():
    assert {rule.id for rule in RULES if rule.pairs_as == IDENTITY_RISK} == CANCELLED_BY_CLOSING
    assert all(name.startswith("entra_") for name in CANCELLED_BY_CLOSING)


def test_points_of_every_example_lie_in_a_severity():
    told = [
        example.points for example in chain.from_iterable(rule.examples for rule in (*RULES, *PAIR_RULES)) if example.points is not None
    ]
    assert all(1 <= points <= 108 for points in told)
    assert set(Severity) == {"low", "medium", "high", "critical"}


def test_a_typo_in_an_example_fails_at_once():
    with pytest.raises(TypeError, match=r"no such field in a graph.signIn activity: risk_typos"):
        sign_in(risk_typos=("newCountry",))


def test_the_rules_page_is_fresh(repository):
    assert (repository / "docs" / "rules.md").read_text("utf-8") == page(), "run `make docs`"


def test_a_rule_on_addresses_matches_only_in_a_crowd():
    for rule in (rule for rule in RULES if rule.scope == "address"):
        hits = [example for example in rule.examples if example.points is not None]
        crowds = [
            len({a.event.principal for a in (example.activity, *example.window) if a.event.outcome is Outcome.FAILURE}) for example in hits
        ]
        assert min(crowds) == rule.crowd > 1
        for example in hits:
            few = sorted({a.event.principal for a in example.window})[: rule.crowd - 2]
            window = Window(a for a in example.window if a.event.principal in few)
            assert rule.match(example.activity, window, example.tuning) is None
