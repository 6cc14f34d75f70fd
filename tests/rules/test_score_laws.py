"""Laws of the score that hold for every activity hypothesis can think of."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.model import Fact, Outcome, Severity, severity_of
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.aws.samples import authorization, cli_token, console_login, role_login, saml_login
from gatewatch.providers.catalogue import BY_ID, PAIR_RULES, RULES
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.entra.samples import detection, sign_in, with_detections
from gatewatch.providers.rule import Scored, Window
from gatewatch.providers.rule_index import RuleIndex
from gatewatch.providers.samples import NOON, repeated
from gatewatch.scoring import score
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from tests.builders.common import detail

law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # what a busy machine does is no finding

FACTS = st.sampled_from(Fact)
LEVELS = st.sampled_from([None, "none", "hidden", "low", "medium", "high", "unknownfuturevalue", "quantum"])
STATES = st.sampled_from([None, "none", "atrisk", "confirmedcompromised", "remediated", "investigating"])
TYPES = st.lists(
    st.sampled_from(["anonymizedIPAddress", "generic", "nationStateIP", "newCountry", "unlikelyTravel", "unknownFutureValue"]), max_size=3
).map(tuple)
FIRSTS = st.lists(st.sampled_from(["client", "country", "network"]), unique=True).map(tuple)
ADDRESSES = st.sampled_from([None, "198.51.100.23", "192.0.2.9", "2001:db8::1"])
NAMES = st.sampled_from(["alice@contoso.com", "anaya", "\u0430naya", "", "\ud800"])
SHARED = {"firsts": FIRSTS, "ip": ADDRESSES, "user_name": NAMES, "outcome": st.sampled_from(Outcome)}

AWS = st.builds(
    console_login,
    **SHARED,
    subject=st.sampled_from(AwsSubject),
    mfa_used=FACTS,
    mfa_authenticated=FACTS,
    mfa_verdict=st.none() | FACTS,
    event_name=st.sampled_from(["ConsoleLogin", "SwitchRole", "GetSigninToken", "CreateOAuth2Token", "CheckMfa"]),
    oauth_client=st.sampled_from([None, "same-device", "cross-device", "other"]),
    grant_type=st.sampled_from([None, "refresh_token"]),
    switch_from_account=st.sampled_from([None, "999999999999", "111122223333"]),
    saml_provider_arn=st.sampled_from([None, "arn:aws:iam::111122223333:saml-provider/Entra"]),
)
DETECTIONS = st.builds(detection, level=LEVELS, state=STATES, risk_type=st.sampled_from([None, "generic", "leakedCredentials"]))
SIGN_INS = st.builds(
    sign_in,
    **SHARED,
    level_during=LEVELS,
    level_aggregated=LEVELS,
    risk_state=STATES,
    risk_types=TYPES,
    interactive=FACTS,
    compliant=FACTS,
    trust_type=st.sampled_from([None, "AzureAd", "Workplace"]),
    error_code=st.sampled_from([None, 0, 53003, 50126]),
    app_id=st.sampled_from([None, "04b07795-8ddb-461a-bbee-02f9e1bf7b46"]),
)
LINKED = st.builds(lambda one, others: with_detections(one, *others), SIGN_INS, st.lists(DETECTIONS, max_size=3))
PROCESSES = st.builds(process, obfuscated=st.booleans(), tool=st.sampled_from([None, "az login"]), start=st.booleans())
ACTIVITIES = AWS | LINKED | DETECTIONS | PROCESSES
WINDOWS = st.sampled_from(
    [
        (),
        repeated(console_login(outcome=Outcome.FAILURE), 6),
        repeated(console_login(outcome=Outcome.FAILURE, mfa_used=Fact.ABSENT), 5),
        (authorization(ip="203.0.113.9"),),
    ]
).map(Window)
TUNINGS = st.builds(
    Tuning,
    privileged_principals=st.sampled_from([(), ("anaya", "alice@contoso.com")]),
    break_glass=st.sampled_from([(), ("anaya", "alice@contoso.com")]),
    known_networks=st.sampled_from([(), ("198.51.100.0/24",)]),
    federated_no_mfa=st.sampled_from(["correlate", "alert"]),
    endpoint_mode=st.sampled_from(["precise", "wildcard"]),
)
EVERYTHING = AllowlistEntry(
    id="all", match=AllowlistMatch(user_agent="*"), rules=("*",), expires=NOON + timedelta(days=999), reason="no", owner="nobody"
)


def of(found, kind):
    return sum(component.points for component in found.components if component.kind == kind)


@law
@given(ACTIVITIES, WINDOWS, TUNINGS)
def test_the_addends_sum_to_the_score_and_the_score_lies_in_its_severity(activity, window, tuning):
    found = score.assess(activity, window, tuning)
    if found is None:
        return
    assert sum(component.points for component in found.components) == found.score
    assert 1 <= found.score <= 100
    assert found.severity is severity_of(found.score)
    assert [component.kind for component in found.components].count("base") == 1
    assert [component.kind for component in found.components].count("clamp") <= 1
    assert found.activity_id == activity.id


@law
@given(ACTIVITIES, WINDOWS, TUNINGS)
def test_the_rules_stand_in_catalogue_order_and_the_highest_base_names(activity, window, tuning):
    asked = [rule for rule in RULES if rule.scope == "principal"]
    bases = {rule.id: match.points for rule in asked if (match := rule.match(activity, window, tuning)) is not None}
    found = score.assess(activity, window, tuning)
    if found is None:
        assert bases == {}
        return
    assert found.rules == tuple(bases)
    assert found.rule == next(rule for rule, points in bases.items() if points == max(bases.values()))
    assert of(found, "base") == max(bases.values())
    assert of(found, "corroboration") == 10 * min(len(bases) - 1, 2)


@law
@given(ACTIVITIES, WINDOWS, TUNINGS, st.sets(st.sampled_from([rule.id for rule in RULES])))
def test_one_more_matching_rule_never_lowers_a_score(activity, window, tuning, some):
    fewer = score.assess(activity, window, tuning, RuleIndex(rule for rule in RULES if rule.id in some))
    all_of_them = score.assess(activity, window, tuning)
    if fewer is not None:
        assert all_of_them is not None
        assert all_of_them.score >= fewer.score


@law
@given(ACTIVITIES, WINDOWS, TUNINGS)
def test_a_rule_is_a_function_of_what_it_is_given(activity, window, tuning):
    assert score.assess(activity, window, tuning) == score.assess(activity, window, tuning)


@law
@given(ACTIVITIES, WINDOWS, TUNINGS)
def test_the_star_never_silences_what_must_be_heard(activity, window, tuning):
    heard = score.assess(activity, window, tuning)
    silent = score.assess(activity, window, Tuning(break_glass=tuning.break_glass, allowlist=(EVERYTHING,)))
    event = activity.event
    root = event.kind == "aws.eventbridge" and event.subject == AwsSubject.ROOT and detail(event).mfa_used is not Fact.PRESENT
    if silent is not None and (
        root or silent.severity >= Severity.CRITICAL or {"entra_confirmed_compromised", "break_glass_signin"} & set(silent.rules)
    ):
        assert silent.suppressed_by is None
    assert heard is None or heard.suppressed_by is None


@law
@given(ACTIVITIES, ACTIVITIES, st.integers(-4000, 4000), TUNINGS)
def test_a_pair_sums_up_and_outranks_both_sides(one, other, seconds, tuning):
    moved = type(other)(**{name: getattr(other, name) for name in other.__struct_fields__} | {"time": NOON + timedelta(seconds=seconds)})
    sides = sorted((one, moved), key=lambda side: side.time)
    first, second = (Scored(side, score.assess(side, Window(), tuning)) for side in sides)
    found = score.assess_pair(first, second, tuning)
    if found is None:
        return
    own = [side.assessment.score for side in (first, second) if side.assessment is not None]
    assert sum(component.points for component in found.components) == found.score
    assert max(own) <= found.score <= 100
    assert found.rule in {rule.id for rule in PAIR_RULES}
    assert BY_ID[found.rule].metadata.family == "xcloud"


@law
@given(st.sampled_from([role_login(), saml_login(), cli_token()]), TUNINGS)
def test_a_federated_login_never_alerts_alone_by_default(activity, tuning):
    default = Tuning(known_networks=tuning.known_networks, privileged_principals=tuning.privileged_principals)
    found = score.assess(activity, Window(), default)
    assert found is None or "aws_console_login_no_mfa" not in found.rules
