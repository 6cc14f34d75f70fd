"""The arithmetic of the score: worked examples, severities, naming, every line kept."""

import pytest

from gatewatch.model import Fact, Outcome, Severity
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.aws.samples import authorization, cli_token, console_login, role_login, saml_login
from gatewatch.providers.catalogue import parts_of
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.entra.samples import blocked_sign_in, detection, sign_in, with_detections
from gatewatch.providers.rule import Scored, Window
from gatewatch.providers.rule_index import RuleIndex
from gatewatch.providers.samples import repeated, scored
from gatewatch.scoring import score
from gatewatch.tuning import Tuning

PRIVILEGED = Tuning(privileged_principals=("ANAYA", "alice@contoso.com"))
OFFICE = Tuning(known_networks=("198.51.100.0/24",))
BREAK_GLASS = Tuning(break_glass=("anaya", "alice@contoso.com"))
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
POWERSHELL = "1950a258-227b-4e31-a9cf-717495945fc2"
NO_MFA = console_login(mfa_used=Fact.ABSENT)
ROOT = console_login(subject=AwsSubject.ROOT, mfa_used=Fact.ABSENT)
MEDIUM = sign_in(level_during="medium")
ANONYMIZED = sign_in(level_during="medium", risk_types=("anonymizedIPAddress",))


def assessed(activity, tuning=None, window=()):
    return score.assess(activity, Window(tuple(window)), tuning or Tuning())


def lines(found):
    return [(component.kind, component.name, component.points) for component in found.components]


WORKED = [
    pytest.param(NO_MFA, Tuning(), "aws_console_login_no_mfa", 40, "medium", id="IAM user, no MFA"),
    pytest.param(NO_MFA, PRIVILEGED, "aws_console_login_no_mfa", 55, "high", id="IAM user, no MFA, privileged"),
    pytest.param(ROOT, Tuning(), "aws_root_console_login", 87, "critical", id="root, no MFA"),
    pytest.param(
        console_login(subject=AwsSubject.ROOT, mfa_used=Fact.UNKNOWN),
        Tuning(),
        "aws_root_console_login",
        67,
        "high",
        id="root, MFA unknown",
    ),
    pytest.param(ROOT, OFFICE, "aws_root_console_login", 77, "critical", id="root, no MFA, known network"),
    pytest.param(MEDIUM, Tuning(), "entra_risky_signin", 47, "medium", id="Entra medium"),
    pytest.param(sign_in(level_during="medium", app_id=AZURE_CLI), Tuning(), "entra_risky_signin", 57, "high", id="medium by Azure CLI"),
    pytest.param(sign_in(level_during="high", app_id=POWERSHELL), Tuning(), "entra_risky_signin", 83, "critical", id="high by PowerShell"),
    pytest.param(ANONYMIZED, Tuning(), "entra_risky_signin", 57, "high", id="medium and anonymized: a second rule"),
    pytest.param(cli_token(subject=AwsSubject.ROOT), Tuning(), "aws_cli_login", 55, "high", id="command line as root"),
    pytest.param(process(obfuscated=True), Tuning(), "endpoint_cloud_cli_auth", 31, "medium", id="obfuscated command line"),
    pytest.param(ROOT, BREAK_GLASS, "break_glass_signin", 100, "critical", id="root as break-glass, without MFA"),
    pytest.param(NO_MFA, BREAK_GLASS, "break_glass_signin", 83, "critical", id="break-glass without MFA"),
    pytest.param(sign_in(), BREAK_GLASS, "break_glass_signin", 73, "high", id="break-glass, quiet"),
    pytest.param(
        sign_in(risk_state="confirmedcompromised", level_during="high"),
        Tuning(),
        "entra_confirmed_compromised",
        100,
        "critical",
        id="confirmed",
    ),
]


@pytest.mark.parametrize(("activity", "tuning", "rule", "points", "severity"), WORKED)
def test_worked_examples(activity, tuning, rule, points, severity):
    found = assessed(activity, tuning)
    assert (found.rule, found.score, found.severity) == (rule, points, severity)


def test_code_relay():
    relayed = cli_token(ip="192.0.2.200", address="192.0.2.200")
    assert lines(assessed(relayed, window=(authorization(),))) == [
        ("base", "aws_cli_login", 15),
        ("modifier", "authorize/redeem address mismatch", 40),
    ]


RELAY = {"ip": "192.0.2.200", "address": "192.0.2.200"}
NOT_RELAYED = [
    pytest.param(cli_token(), (authorization(),), id="approved at the same address"),
    pytest.param(cli_token(**RELAY), (), id="no approval in the window"),
    pytest.param(cli_token(**RELAY), (authorization(), authorization(**RELAY)), id="one of the approvals at the same address"),
    pytest.param(cli_token(**RELAY), (authorization(outcome=Outcome.FAILURE),), id="the approval failed"),
    pytest.param(cli_token(**RELAY), (authorization(ip=None, address="AWS Internal"),), id="approval address unknown"),
    pytest.param(cli_token(ip=None, address="AWS Internal"), (authorization(),), id="redemption address unknown"),
    pytest.param(cli_token(**RELAY), (role_login(),), id="something else in the window"),
]


@pytest.mark.parametrize(("token", "window"), NOT_RELAYED)
def test_no_code_relay(token, window):
    assert lines(assessed(token, window=window)) == [("base", "aws_cli_login", 15)]


def test_across_devices_two_addresses_are_the_point():
    relayed = cli_token(oauth_client="cross-device", ip="192.0.2.200", address="192.0.2.200")
    assert lines(assessed(relayed, window=(authorization(oauth_client="cross-device"),))) == [("base", "aws_cli_login", 35)]


def test_an_authorization_with_unknown_outcome_still_counts():
    relayed = cli_token(ip="192.0.2.200", address="192.0.2.200")
    assert assessed(relayed, window=(authorization(outcome=Outcome.UNKNOWN),)).score == 55


def test_every_line_of_the_arithmetic_is_kept():
    found = assessed(ROOT, Tuning(known_networks=OFFICE.known_networks, privileged_principals=("anaya",)))
    assert lines(found) == [
        ("base", "aws_root_console_login", 47),
        ("modifier", "no MFA on root", 40),
        ("modifier", "privileged principal", 15),
        ("modifier", "known network", -10),
    ]
    assert found.score == 92
    assert found.reason == "The root user of 111122223333 signed in to the AWS console from 198.51.100.23."
    assert found.components[0].reason == found.reason
    assert all(component.reason.endswith(".") for component in found.components)


def test_at_most_two_rules_corroborate():
    listed = Tuning(break_glass=("anaya",))
    failures = repeated(console_login(outcome=Outcome.FAILURE), 5)
    found = assessed(console_login(subject=AwsSubject.INSTANCE_ROLE, mfa_used=Fact.ABSENT), listed, failures)
    assert lines(found) == [
        ("base", "aws_console_login_instance_role", 73),
        ("corroboration", "aws_console_success_after_failures", 10),
        ("corroboration", "break_glass_signin", 10),
    ]
    confirmed = sign_in(level_during="medium", risk_types=("anonymizedIPAddress",), risk_state="confirmedcompromised")
    found = assessed(confirmed, BREAK_GLASS)
    assert len(found.rules) == 4
    assert [kind for kind, _, _ in lines(found)] == ["base", "corroboration", "corroboration", "clamp"]
    assert found.components[-1].points == -19


def test_the_highest_base_names_it_and_ties_go_by_the_catalogue():
    assert assessed(ANONYMIZED).rule == "entra_risky_signin"
    assert assessed(ANONYMIZED).rules == ("entra_risky_signin", "entra_anonymized_ip_signin")
    tied = assessed(console_login(subject=AwsSubject.INSTANCE_ROLE), BREAK_GLASS)
    assert tied.rule == "aws_console_login_instance_role"


def test_a_score_never_falls_below_one():
    found = assessed(
        process(ip="198.51.100.1"),
        OFFICE,
    )
    assert found.score == 11
    compliant = {"compliant": Fact.PRESENT, "trust_type": "AzureAd"}
    quiet = sign_in(level_during="hidden", risk_types=("generic",), ip="198.51.100.1", **compliant)
    found = assessed(quiet, OFFICE)
    assert lines(found)[-1] == ("clamp", "clamp", 10)
    assert (found.score, found.severity) == (1, Severity.LOW)


def test_nothing_fires_nothing_is_assessed():
    assert assessed(sign_in()) is None
    assert assessed(saml_login(firsts=("country",)), PRIVILEGED) is None


def test_only_the_given_rules_are_asked():
    assert score.assess(MEDIUM, Window(), Tuning(), RuleIndex(())) is None


def paired(first, second, tuning=None):
    return score.assess_pair(first, second, tuning or Tuning())


def told(activity):
    found = assessed(activity)
    return Scored(activity, found, parts_of(found.rules if found else ()))


def test_a_pair_at_one_address():
    here = {"ip": "198.51.100.23", "address": "198.51.100.23"}
    found = paired(told(sign_in(level_during="high", **here)), scored(saml_login(id="aws|later"), None, minutes=5))
    assert lines(found) == [("base", "entra_risky_signin", 73), ("correlation", "xcloud_entra_risk_then_aws", 25)]
    assert (found.score, found.rule, found.rules) == (98, "xcloud_entra_risk_then_aws", ("xcloud_entra_risk_then_aws",))
    assert found.activity_id == "aws|later"
    assert found.severity is Severity.CRITICAL


def test_a_pair_at_two_addresses():
    found = paired(told(MEDIUM), scored(saml_login(), None, minutes=5))
    assert lines(found) == [
        ("base", "entra_risky_signin", 47),
        ("correlation", "xcloud_entra_risk_then_aws", 25),
        ("modifier", "addresses differ", 10),
    ]
    assert found.score == 82


UNKNOWN_ADDRESSES = [
    pytest.param(sign_in(level_during="medium", ip=None), saml_login(), id="Entra side"),
    pytest.param(MEDIUM, saml_login(ip=None, address="AWS Internal"), id="AWS side"),
    pytest.param(sign_in(level_during="medium", ip=None), saml_login(ip=None), id="both"),
]


@pytest.mark.parametrize(("entra", "aws"), UNKNOWN_ADDRESSES)
def test_an_unknown_address_does_not_differ(entra, aws):
    assert paired(told(entra), Scored(aws, None)).score == 72


def test_a_pair_takes_the_higher_side_and_no_modifier_twice():
    aws = told(console_login(subject=AwsSubject.ROOT))
    found = paired(told(sign_in(level_during="medium", ip="198.51.100.23")), aws)
    assert found.score == 72
    higher = paired(told(sign_in(level_during="medium", ip="198.51.100.23")), told(ROOT))
    assert lines(higher) == [
        ("base", "aws_root_console_login", 87),
        ("correlation", "xcloud_entra_risk_then_aws", 25),
        ("clamp", "clamp", -12),
    ]
    assert higher.components[0].reason.startswith("The higher of the two: The root user")


def test_an_endpoint_pair():
    found = paired(told(process()), scored(saml_login(), None, minutes=5))
    assert lines(found) == [("base", "endpoint_cloud_cli_auth", 21), ("correlation", "xcloud_endpoint_then_cloud", 10)]
    assert found.reason == "alice@contoso.com used a cloud command line on ws-17, then entered a cloud from 198.51.100.23."


def test_an_endpoint_without_a_name():
    found = paired(told(process(host_name=None)), scored(saml_login(), None, minutes=5))
    assert "on a host, then" in found.reason


def test_no_pair():
    assert paired(told(sign_in()), told(saml_login())) is None


def test_two_linked_types_are_told_once():
    found = assessed(with_detections(sign_in(risk_types=("unlikelyTravel",)), detection(risk_type="UnlikelyTravel")))
    assert lines(found) == [("base", "entra_risky_signin", 47)]


def test_reasons_say_who_and_where():
    assert assessed(NO_MFA).reason == "anaya signed in to the AWS console from 198.51.100.23 without MFA."
    assert assessed(MEDIUM).reason == "alice@contoso.com signed in to Entra ID from 198.51.100.77 (DE) at medium risk."
    nobody = console_login(mfa_used=Fact.UNKNOWN, user_name=None, person=None, principal="", ip=None, address=None)
    assert assessed(nobody).reason == (
        "an unknown identity signed in to the AWS console from an unknown address and CloudTrail does not say whether MFA was used."
    )
    by_address = blocked_sign_in(level_during="medium", ip=None, address="AWS Internal", user_name=None)
    assert assessed(by_address).reason == "Somebody at AWS Internal (DE) knows the password of alice@contoso.com and was stopped."
    by_principal = detection(user_name=None, person=None, principal="u-1", risk_type=None)
    assert assessed(by_principal).reason == "Entra ID reports an unnamed risk for u-1 at medium risk, without a sign-in."


FAILED = console_login(outcome=Outcome.FAILURE)
REASONS = [
    pytest.param(
        console_login(subject=AwsSubject.ROOT, account=None),
        (),
        "The root user of an unknown account signed in to the AWS console from 198.51.100.23.",
        id="account unknown",
    ),
    pytest.param(
        FAILED, repeated(FAILED, 3), "anaya failed the second factor 4 times within 15 minutes, last from 198.51.100.23.", id="failures"
    ),
    pytest.param(process(), (), "alice ran az login on ws-17.", id="host name"),
    pytest.param(process(host_name=None), (), "alice ran az login on h17.", id="host id"),
    pytest.param(process(host_name=None, host_id=None), (), "alice ran az login on an unknown host.", id="host unknown"),
    pytest.param(
        sign_in(risk_types=("anonymizedIPAddress",)),
        (),
        "alice@contoso.com signed in to Entra ID through an anonymizer, 198.51.100.77 (DE).",
        id="anonymizer, sign-in",
    ),
    pytest.param(
        detection(risk_type="anonymizedIPAddress", level="low"),
        (),
        "alice@contoso.com was active in Entra ID through an anonymizer, an unknown address.",
        id="anonymizer, detection",
    ),
    pytest.param(
        detection(), (), "Entra ID reports anomalousUserActivity for alice@contoso.com at medium risk, without a sign-in.", id="user risk"
    ),
    pytest.param(
        cli_token(user_name="Alice", address="198.51.100.23:443"),
        (),
        "Alice logged the AWS command line in from 198.51.100.23 (same-device).",
        id="the name as written, the address without its port",
    ),
]


@pytest.mark.parametrize(("activity", "window", "reason"), REASONS)
def test_reasons(activity, window, reason):
    assert assessed(activity, window=window).reason == reason
