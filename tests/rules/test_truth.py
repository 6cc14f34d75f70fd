"""Every row of the truth tables, on typed activities."""

import csv

from gatewatch.model import Fact, Outcome
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.aws.samples import cli_token, console_login, role_login, saml_login
from gatewatch.providers.catalogue import BY_ID, CANCELLED_BY_CLOSING, RULES
from gatewatch.providers.entra.samples import blocked_sign_in, sign_in
from gatewatch.providers.rule import Window
from gatewatch.providers.rule_index import RuleIndex
from gatewatch.scoring import score
from gatewatch.tuning import Tuning

CLOSED = {"remediated", "dismissed", "confirmedSafe"}
MFA = {"Yes": Fact.PRESENT, "No": Fact.ABSENT, "absent": Fact.UNKNOWN, "n/a": Fact.UNKNOWN}
OUTCOMES = {"Success": Outcome.SUCCESS, "success true": Outcome.SUCCESS, "Failure": Outcome.FAILURE, "any": Outcome.SUCCESS}
PORTAL = "Jersey/${project.version} (HttpUrlConnection 1.8.0_412)"


def token(**changes):
    return role_login(event_name="GetSigninToken", **changes)


IDENTITIES = {
    "Root": lambda **c: console_login(subject=AwsSubject.ROOT, **c),
    "IAMUser": console_login,
    "IAMUser, mobile app (MobileVersion Yes)": lambda **c: console_login(mobile_version=Fact.PRESENT, **c),
    "AssumedRole via SAML (SamlProviderArn)": saml_login,
    "IAM Identity Center (AWSReservedSSO_)": lambda **c: role_login(subject=AwsSubject.IDENTITY_CENTER_ROLE, **c),
    "AssumedRole via custom broker/GetSigninToken": role_login,
    "AssumedRole from EC2 instance profile (:i-...)": lambda **c: role_login(subject=AwsSubject.INSTANCE_ROLE, **c),
    "FederatedUser (GetFederationToken)": lambda **c: console_login(subject=AwsSubject.FEDERATED_USER, **c),
    "SwitchRole cross-account": lambda **c: role_login(event_name="SwitchRole", switch_from_account="999999999999", **c),
    "CheckMfa / PasswordUpdated / UserAuthentication / CredentialVerification": lambda **c: console_login(event_name="CheckMfa", **c),
    "GetSigninToken, UA Jersey/${project.version} and AWSReservedSSO_ role": lambda **c: token(
        subject=AwsSubject.IDENTITY_CENTER_ROLE, user_agent=PORTAL, **c
    ),
    "GetSigninToken, any other client": token,
    "CreateOAuth2Token devtools/same-device (aws login)": cli_token,
    "CreateOAuth2Token devtools/cross-device (aws login --remote)": lambda **c: cli_token(oauth_client="cross-device", **c),
    "CreateOAuth2Token grant_type refresh_token": lambda **c: cli_token(grant_type="refresh_token", **c),
}


def rows(conformance_data, name):
    with (conformance_data / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(assessment):
    return (None, None) if assessment is None else (assessment.rule, f"{assessment.severity} {assessment.score}")


def expected(row):
    fires = row["fire"].startswith("yes")
    return (row["rule"] or None, row["severity score"] or None) if fires else (None, None)


def judged(activity, tuning=None, rules=RULES):
    return score.assess(activity, Window(), tuning or Tuning(), RuleIndex(rules))


def test_aws_console_logins(conformance_data, subtests):
    for row in rows(conformance_data, "aws_consolelogin_truth.csv"):
        with subtests.test(identity=row["identity"], result=row["result"], mfa=row["MFAUsed"]):
            activity = IDENTITIES[row["identity"]](outcome=OUTCOMES[row["result"]], mfa_used=MFA[row["MFAUsed"]])
            assert told(judged(activity)) == expected(row)


def test_no_mfa_session_with_mfa_is_left_alone():
    assert judged(role_login(mfa_authenticated=Fact.PRESENT)) is None


def test_entra_sign_ins(conformance_data, subtests):
    for row in rows(conformance_data, "entra_signin_truth.csv"):
        level, state = row["effective risk level (errorCode 0)"], row["riskState"]
        types = ("anonymizedIPAddress",) if row["anonymizedIPAddress or riskyIPAddress"] == "yes" else ()
        with subtests.test(level=level, state=state, types=types):
            activity = sign_in(
                level_during=level.casefold(), level_aggregated=level.casefold(), risk_state=state.casefold(), risk_types=types
            )
            rules = [rule for rule in RULES if state not in CLOSED or rule.id not in CANCELLED_BY_CLOSING]
            rule, said = told(judged(activity, rules=rules))
            want_rule, want_said = expected(row)
            assert rule == want_rule
            assert said == want_said or (want_said == "critical 99+" and said in {"critical 99", "critical 100"})


def test_entra_error_codes_at_medium_risk(conformance_data, subtests):
    for row in rows(conformance_data, "entra_error_codes.csv"):
        code, effect = int(row["errorCode"]), row["effect when risk>=medium or anonymized"]
        with subtests.test(code=code, name=row["name"]):
            outcome = Outcome.SUCCESS if code == 0 else Outcome.FAILURE
            found = judged(blocked_sign_in(error_code=code, outcome=outcome, level_during="medium"))
            if effect == "fire":
                assert told(found) == ("entra_risky_signin", "medium 47")
            elif effect.startswith("entra_risky_signin_blocked"):
                assert told(found) == ("entra_risky_signin_blocked", "medium 30")
            else:
                assert found is None


def test_entra_risk_types_without_a_level(conformance_data, subtests):
    for row in rows(conformance_data, "entra_risk_event_types.csv"):
        name, treatment = row["riskEventType"], row["treatment"]
        with subtests.test(type=name):
            found = judged(sign_in(level_during="hidden", risk_types=(name,)))
            rule = None if found is None else found.rule
            assert rule == RULE_OF_TREATMENT.get(treatment.partition(" when")[0])


RULE_OF_TREATMENT = {
    "fires at any level": "entra_anonymized_ip_signin",
    "floor high": "entra_risky_signin",
    "low 21": "entra_undetermined_risk",
    "critical 99": "entra_confirmed_compromised",
}


def test_cloud_cli_applications(conformance_data, subtests):
    for row in rows(conformance_data, "cloud_cli_app_ids.csv"):
        with subtests.test(app=row["name"]):
            found = judged(sign_in(level_during="medium", app_id=row["appId"].casefold()))
            assert told(found) == ("entra_risky_signin", "high 57" if row["cli"] == "yes" else "medium 47")


def test_controls_are_those_that_ctid_lists(conformance_data):
    listed = {row["control"]: row["title"] for row in rows(conformance_data, "csa_ccm_controls.csv")}
    from gatewatch.providers.controls import CONTROLS  # noqa: PLC0415 - one table, one test

    assert listed == CONTROLS


def test_sigma_identity_protection_types_are_told_at_high(conformance_data, subtests):
    for row in rows(conformance_data, "sigma_identity_protection.csv"):
        with subtests.test(title=row["title"]):
            found = judged(sign_in(level_during="high", risk_types=(row["riskEventType"],)))
            assert found is not None
            assert found.rule == "entra_risky_signin"


def test_base_points_are_those_of_the_scoring_table(conformance_data, subtests):
    for row in rows(conformance_data, "scoring.csv"):
        name = row["item"].split()[0]
        if row["kind"] == "base" and name in BY_ID:
            with subtests.test(item=row["item"]):
                given = {example.points for example in BY_ID[name].examples}
                assert {int(points) for points in row["points"].split(" / ")} <= given
