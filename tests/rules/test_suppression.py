"""What an allowlist entry silences, and what it never does."""

from datetime import timedelta

import pytest

from gatewatch.model import Fact
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.aws.samples import cli_token, console_login, saml_login
from gatewatch.providers.catalogue import parts_of
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.entra.samples import sign_in
from gatewatch.providers.rule import Scored, Window
from gatewatch.providers.samples import NOON
from gatewatch.scoring import score
from gatewatch.scoring.suppression import Case, glob, matches, matching_entries, suppressing_entry
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning

NO_MFA = console_login(mfa_used=Fact.ABSENT, account="111122223333", asn=64500)
RULE = ("aws_console_login_no_mfa",)
ANAYA = AllowlistMatch(principal="anaya")


def entry(match=ANAYA, rules=RULE, expires=NOON + timedelta(days=30), name="al-1"):
    return AllowlistEntry(id=name, match=match, rules=rules, expires=expires, reason="SEC-1", owner="iam-team")


def silenced(activity, *entries, **tuning):
    return score.assess(activity, Window(), Tuning(allowlist=entries, **tuning)).suppressed_by


MATCHES = [
    pytest.param(ANAYA, id="user name"),
    pytest.param(AllowlistMatch(principal=" ARN:aws:iam::111122223333:user/Anaya"), id="ARN, letter case and blanks"),
    pytest.param(AllowlistMatch(principal="111122223333/anaya"), id="principal"),
    pytest.param(AllowlistMatch(cidr="198.51.100.0/24"), id="network"),
    pytest.param(AllowlistMatch(asn=64500), id="autonomous system"),
    pytest.param(AllowlistMatch(user_agent="chrome"), id="user agent, a part"),
    pytest.param(AllowlistMatch(user_agent="mozilla/*"), id="user agent, a glob"),
    pytest.param(AllowlistMatch(account="111122223333"), id="account"),
    pytest.param(AllowlistMatch(principal="anaya", cidr="198.51.100.0/24", account="111122223333"), id="all of several"),
]


@pytest.mark.parametrize("match", MATCHES)
def test_an_entry_silences(match):
    assert silenced(NO_MFA, entry(match)) == "al-1"


MISSES = [
    pytest.param(AllowlistMatch(principal="any"), id="a part of the name is not the name"),
    pytest.param(AllowlistMatch(principal="\u0430naya"), id="a homoglyph is another name"),
    pytest.param(AllowlistMatch(principal=" "), id="a blank name"),
    pytest.param(AllowlistMatch(cidr="198.51.101.0/24"), id="another network"),
    pytest.param(AllowlistMatch(asn=64501), id="another autonomous system"),
    pytest.param(AllowlistMatch(user_agent="firefox"), id="another user agent"),
    pytest.param(AllowlistMatch(account="999999999999"), id="another account"),
    pytest.param(AllowlistMatch(app_id="04b07795-8ddb-461a-bbee-02f9e1bf7b46"), id="no application in AWS"),
    pytest.param(AllowlistMatch(app_id=""), id="an empty application is none"),
    pytest.param(AllowlistMatch(parent_process="jenkins"), id="no process in AWS"),
    pytest.param(AllowlistMatch(principal="anaya", cidr="198.51.101.0/24"), id="one of two does not hold"),
    pytest.param(AllowlistMatch(), id="an empty match matches nothing"),
]


@pytest.mark.parametrize("match", MISSES)
def test_an_entry_does_not_match(match):
    assert silenced(NO_MFA, entry(match)) is None


def test_an_application_in_entra():
    azure_cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
    assert matches(AllowlistMatch(app_id=azure_cli.upper()), sign_in(app_id=azure_cli))
    assert not matches(AllowlistMatch(app_id=azure_cli), sign_in(app_id=None))
    assert not matches(AllowlistMatch(app_id=azure_cli), sign_in())


def test_a_parent_process():
    assert matches(AllowlistMatch(parent_process="Jenkins.exe"), process(parent_name="jenkins"))
    assert matches(AllowlistMatch(parent_process="jenkins"), process(parent_name="JENKINS.EXE"))
    assert not matches(AllowlistMatch(parent_process="jenkins"), process(parent_name="bash"))
    assert not matches(AllowlistMatch(parent_process=".exe"), process(parent_name=None))


def test_what_is_unknown_matches_nothing():
    assert not matches(AllowlistMatch(user_agent="chrome"), console_login(user_agent=None))
    assert not matches(AllowlistMatch(account="111122223333"), process())


def test_an_unknown_autonomous_system_matches_no_number():
    assert not matches(AllowlistMatch(asn=64500), console_login())


def test_the_end_is_by_the_time_of_the_activity():
    assert silenced(NO_MFA, entry(expires=NOON)) is None
    assert silenced(NO_MFA, entry(expires=NOON + timedelta(seconds=1))) == "al-1"


def test_every_rule_that_matched_must_be_listed():
    anonymized = sign_in(level_during="medium", risk_types=("anonymizedIPAddress",))
    alice = AllowlistMatch(principal="alice@contoso.com")
    assert silenced(anonymized, entry(alice, ("entra_anonymized_ip_signin",))) is None
    assert silenced(anonymized, entry(alice, ("entra_anonymized_ip_signin", "entra_risky_signin"))) == "al-1"
    assert silenced(anonymized, entry(alice, ("*",))) == "al-1"


def test_the_first_entry_that_silences_is_named():
    assert silenced(NO_MFA, entry(expires=NOON, name="old"), entry(name="second"), entry(name="third")) == "second"


ROOT = {"subject": AwsSubject.ROOT}
NEVER = [
    pytest.param(console_login(mfa_used=Fact.UNKNOWN, **ROOT), {}, "aws_root_console_login", id="root, MFA unknown, 67"),
    pytest.param(
        console_login(mfa_used=Fact.ABSENT, **ROOT),
        {"known_networks": ("198.51.100.0/24",)},
        "aws_root_console_login",
        id="root without MFA",
    ),
    pytest.param(cli_token(subject=AwsSubject.ROOT), {}, "aws_cli_login", id="root at the command line, MFA unknown"),
    pytest.param(console_login(), {"break_glass": ("anaya",)}, "break_glass_signin", id="break-glass, 73"),
    pytest.param(
        sign_in(risk_state="confirmedcompromised", compliant=Fact.PRESENT, trust_type="AzureAd", ip="198.51.100.1"),
        {"known_networks": ("198.51.100.0/24",)},
        "entra_confirmed_compromised",
        id="confirmed compromise, lowered to 69",
    ),
    pytest.param(sign_in(level_during="high", interactive=Fact.ABSENT), {}, "entra_risky_signin", id="a score of 78"),
]


@pytest.mark.parametrize(("activity", "tuning", "rule"), NEVER)
def test_the_star_never_silences(activity, tuning, rule):
    anyone = AllowlistMatch(cidr="198.51.100.0/24")
    assert silenced(activity, entry(anyone, ("*",)), **tuning) is None
    assert silenced(activity, entry(anyone, (rule,)), **tuning) == "al-1"


def test_the_star_silences_root_with_mfa():
    assert silenced(console_login(**ROOT), entry(rules=("*",))) == "al-1"


def test_the_star_ends_at_74():
    at_73 = sign_in(level_during="high")
    at_74 = sign_in(level_during="high", names=("alice@contoso.com",), risk_types=("a", "b"))
    alice = AllowlistMatch(principal="alice@contoso.com")
    assert silenced(at_73, entry(alice, ("*",))) == "al-1"
    assert silenced(at_74, entry(alice, ("*",))) is None
    exactly = sign_in(level_during="medium", app_id="04b07795-8ddb-461a-bbee-02f9e1bf7b46")
    assert silenced(exactly, entry(alice, ("*",))) == "al-1"


@pytest.mark.parametrize(("points", "name"), [pytest.param(73, "al-1", id="73"), pytest.param(74, None, id="74")])
def test_where_the_star_ends(points, name):
    case = Case(activities=(NO_MFA,), rules=RULE, score=points)
    assert suppressing_entry(case, Tuning(allowlist=(entry(rules=("*",)),))) == name


def test_an_alert_of_an_address_is_silenced_by_its_network_and_by_no_person():
    case = Case(activities=(NO_MFA,), rules=RULE, score=50, of_address=True)
    person, network = entry(name="person"), entry(AllowlistMatch(cidr="198.51.100.0/24"), name="network")
    assert suppressing_entry(case, Tuning(allowlist=(person,))) is None
    assert suppressing_entry(case, Tuning(allowlist=(person, network))) == "network"


def test_which_entries_hold_for_an_event_whatever_they_list_and_whenever_they_end():
    others = entry(AllowlistMatch(principal="bea"), name="others")
    ended, unlisted = entry(expires=NOON, name="ended"), entry(rules=("aws_root_console_login",), name="unlisted")
    assert matching_entries(NO_MFA.event, Tuning(allowlist=(others, ended, unlisted))) == [ended, unlisted]


def pair(first, second, *entries, **tuning):
    found = Tuning(allowlist=entries, **tuning)
    assessed = [(side, score.assess(side, Window(), found)) for side in (first, second)]
    sides = (Scored(side, told, parts_of(told.rules if told else ())) for side, told in assessed)
    return score.assess_pair(*sides, found).suppressed_by


XCLOUD = ("xcloud_entra_risk_then_aws",)
MEDIUM = sign_in(level_during="medium", ip="198.51.100.23")
LATER = saml_login(time=NOON + timedelta(minutes=30))


HERE = AllowlistMatch(cidr="198.51.100.0/24")


def test_a_pair_is_silenced_by_an_entry_that_matches_both_sides():
    assert pair(MEDIUM, LATER, entry(HERE, XCLOUD)) == "al-1"
    assert pair(MEDIUM, LATER, entry(AllowlistMatch(principal="alice@contoso.com"), XCLOUD)) == "al-1"


@pytest.mark.parametrize(
    "one_side",
    [
        pytest.param(AllowlistMatch(account="111122223333"), id="the AWS account"),
        pytest.param(AllowlistMatch(app_id="c44b4083-3bb0-49c1-b47d-974e53cbdf3c"), id="the Entra application"),
        pytest.param(AllowlistMatch(app_id="x", account="111122223333"), id="one condition a side"),
        pytest.param(AllowlistMatch(cidr="198.51.100.23/32", account="111122223333"), id="network and account"),
    ],
)
def test_an_entry_that_knows_one_side_does_not_silence_a_pair(one_side):
    assert pair(MEDIUM, LATER, entry(one_side, XCLOUD)) is None
    assert pair(MEDIUM, LATER, entry(one_side, ("*",))) is None


def test_a_pair_needs_its_own_rule_listed():
    assert pair(MEDIUM, LATER, entry(HERE, ("entra_risky_signin",))) is None


def test_of_a_pair_the_later_time_counts():
    assert pair(MEDIUM, LATER, entry(HERE, XCLOUD, expires=NOON + timedelta(minutes=30))) is None
    assert pair(MEDIUM, LATER, entry(HERE, XCLOUD, expires=NOON + timedelta(minutes=31))) == "al-1"


TYPED = process(obfuscated=False)


def test_the_star_and_pairs():
    here = entry(HERE, ("*",))
    assert pair(MEDIUM, LATER, here) == "al-1"
    assert pair(TYPED, LATER, here) is None  # a process has no address
    assert pair(TYPED, console_login(mfa_used=Fact.UNKNOWN, **ROOT), here, known_networks=("198.51.100.0/24",)) is None
    compliant = sign_in(compliant=Fact.PRESENT, trust_type="AzureAd")
    assert pair(TYPED, compliant, here, break_glass=("alice@contoso.com",)) is None


GLOBS = [
    pytest.param("aws-cli", "AWS-CLI/2.32.0", True, id="a part"),
    pytest.param("aws-cli/*", "aws-cli/2.32.0 md/x", True, id="from the beginning"),
    pytest.param("cli/*", "aws-cli/2.32.0", False, id="a glob is about the whole"),
    pytest.param("*login", "aws-cli md/command#login", True, id="to the end"),
    pytest.param("*login", "aws-cli md/command#login x", False, id="not to the end"),
    pytest.param("aws*cli*login", "aws-cli md/command#login", True, id="parts in order"),
    pytest.param("aws*login*cli*", "aws-cli md/command#login", False, id="parts out of order"),
    pytest.param("ab*b*bc", "abbc", False, id="the parts may not overlap"),
    pytest.param("ab*bc", "abc", False, id="beginning and end may not overlap"),
    pytest.param("ab*bc", "abbc", True, id="beginning and end may touch"),
    pytest.param("*ab*ab*", "zzab", False, id="a part is used once"),
    pytest.param("*a*", "a", True, id="in the middle"),
    pytest.param("", "anything", False, id="nothing"),
    pytest.param("x", "", False, id="no user agent"),
    pytest.param("a?c", "abc", False, id="no other wildcard"),
]


@pytest.mark.parametrize(("pattern", "text", "found"), GLOBS)
def test_glob(pattern, text, found):
    assert glob(pattern, text) is found
