"""What AWS rules say beside their points: reasons that name what a responder needs, modifiers, reaches, and silence about other vendors."""

from datetime import timedelta

import pytest

from gatewatch.model import Fact, Outcome
from gatewatch.providers.aws.detail import AwsSubject, IdentityCenter, Weakening
from gatewatch.providers.aws.facts import portal_mfa
from gatewatch.providers.aws.rules import PAIR_RULES, RULES
from gatewatch.providers.aws.samples import (
    console_login,
    federation_token,
    instance_call,
    key_use,
    portal_sign_in,
    portal_token,
    root_event,
    trail_call,
)
from gatewatch.providers.catalogue import BY_ID
from gatewatch.providers.entra.samples import sign_in
from gatewatch.providers.rule import Rule, Window
from gatewatch.providers.samples import changed, repeated, scored
from gatewatch.tuning import Tuning

ROOT = {"subject": AwsSubject.ROOT}
FAILED = {"outcome": Outcome.FAILURE}
NOBODY = {"user_name": None, "person": None, "principal": "p"}


def found(rule: str, activity, *window):
    matched = BY_ID[rule].match(activity, Window(window), Tuning())
    assert matched is not None
    return matched


def users(count: int):
    return [changed(console_login(principal=f"user{n}", user_name=f"user{n:02d}", **FAILED), id=f"aws|{n}") for n in range(1, count + 1)]


REASONS = [
    pytest.param("aws_identity_center_single_factor", portal_sign_in(), (), "dana@example.com signed in to the Identity Center portal from 198.51.100.23 with PASSWORD alone.", id="one factor"),
    pytest.param("aws_identity_center_single_factor", portal_sign_in(device_enrolled=True, verified=("EMAIL_OTP",)), (), "dana@example.com signed in to the Identity Center portal from 198.51.100.23 with PASSWORD, EMAIL_OTP alone. A second factor was registered during this sign-in, by whoever had the first.", id="a device was registered"),
    pytest.param("aws_identity_center_single_factor", portal_sign_in(user_name=None, person=None), (), "Identity Center user 544894e8 signed in to the Identity Center portal from 198.51.100.23 with PASSWORD alone.", id="no name is known"),
    pytest.param("aws_root_takeover", root_event("EmailUpdated"), (), "The e-mail address of root was changed in account 111122223333 from 198.51.100.23.", id="a new address"),
    pytest.param("aws_root_takeover", root_event("EmailUpdated", account=None), (), "The e-mail address of root was changed in account unknown from 198.51.100.23.", id="no account"),
    pytest.param("aws_root_console_failures", console_login(**ROOT, **FAILED), repeated(console_login(**ROOT, **FAILED), 6), "Root of 111122223333 failed to sign in 7 times within 15 minutes, last from 198.51.100.23.", id="root fails"),
    pytest.param("aws_root_console_failures", console_login(**ROOT, account=None), repeated(console_login(**ROOT, **FAILED), 6), "Root of an unknown account failed to sign in 6 times within 15 minutes, last from 198.51.100.23.", id="then succeeds"),
    pytest.param("aws_console_failures", console_login(**FAILED), users(9), "198.51.100.23 failed to sign in as 10 users within 15 minutes (anaya, user01, user02, user03, user04, user05, user06, user07, user08, user09).", id="ten users"),
    pytest.param("aws_console_failures", console_login(), users(12), "198.51.100.23 failed to sign in as 12 users within 15 minutes (user01, user02, user03, user04, user05, user06, user07, user08, user09, user10 and 2 more) and then signed in as anaya.", id="twelve and a success"),
    pytest.param("aws_signin_anomaly", console_login(event_name="SignInAnomalyAlert"), (), "AWS reported an anomalous sign-in of anaya in account 111122223333.", id="AWS's alert"),
    pytest.param("aws_signin_anomaly", console_login(event_name="SignInAnomalyAlert", account=None), (), "AWS reported an anomalous sign-in of anaya in account unknown.", id="AWS's alert without an account"),
    pytest.param("aws_token_from_key", federation_token(), (), "anaya opened a federated session with the long-term key AKIAIOSFODNN7EXAMPLE from 198.51.100.23.", id="a federation token"),
    pytest.param("aws_watching_stopped", trail_call(), (), "anaya stopped the logging of trail management-events from 198.51.100.23.", id="logging stops"),
    pytest.param("aws_watching_stopped", trail_call("DeleteTrail", Weakening.TRAIL_DELETED, target=None), (), "anaya deleted trail without a name in the record from 198.51.100.23.", id="no name in the record"),
    pytest.param("aws_watching_stopped", trail_call(**FAILED), (), "anaya tried StopLogging from 198.51.100.23 and was refused.", id="refused"),
    pytest.param("aws_unfamiliar_console_login", console_login(firsts=("client", "network")), (), "anaya signed in to the AWS console from 198.51.100.23, with network and client for the first time.", id="network and client"),
    pytest.param("aws_unfamiliar_console_login", console_login(firsts=("client", "country", "network")), (), "anaya signed in to the AWS console from 198.51.100.23, with network, client and country for the first time.", id="and the country"),
    pytest.param("aws_access_key_unfamiliar", key_use(client="boto3", firsts=("client", "network")), (), "The long-term key AKIAIOSFODNN7EXAMPLE of anaya was used from 198.51.100.23 with boto3, both for the first time.", id="a key"),
    pytest.param("aws_access_key_unfamiliar", key_use(client=None, firsts=("client", "network")), (), "The long-term key AKIAIOSFODNN7EXAMPLE of anaya was used from 198.51.100.23 with an unknown client, both for the first time.", id="a key without a client"),
    pytest.param("aws_instance_role_elsewhere", instance_call(strange=("network",)), (), "The credentials of i-0123456789abcdef0 called s3:ListBuckets from 198.51.100.23 with key ASIAIOSFODNN7EXAMPLE; its agent never calls from that network.", id="an instance"),
    pytest.param("aws_instance_role_elsewhere", instance_call(strange=("network",), access_key_id=None), (), "The credentials of i-0123456789abcdef0 called s3:ListBuckets from 198.51.100.23; its agent never calls from that network.", id="without a key"),
    pytest.param("aws_console_login_instance_role", console_login(subject=AwsSubject.INSTANCE_ROLE, event_name="GetSigninToken"), (), "The instance credentials of anaya made a console sign-in token from 198.51.100.23.", id="an instance's console token"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "activity", "window", "reason"), REASONS)
def test_a_reason_names_what_a_responder_needs(rule, activity, window, reason):
    assert found(rule, activity, *window).reason == reason


MODIFIERS = [
    pytest.param("aws_identity_center_device_code", portal_token(firsts=("protocol",)), (), {"first device code": 10}, id="the first device code"),
    pytest.param("aws_identity_center_device_code", portal_token(firsts=("network",)), (), {}, id="not the first"),
    pytest.param("aws_root_console_failures", console_login(**ROOT), repeated(console_login(**ROOT, **FAILED), 5), {"success after failures": 22}, id="root enters"),
    pytest.param("aws_root_console_failures", console_login(**ROOT, **FAILED), repeated(console_login(**ROOT, **FAILED), 5), {}, id="root fails on"),
    pytest.param("aws_console_failures", console_login(), users(10), {"success after failures": 22}, id="the address enters"),
    pytest.param("aws_console_failures", console_login(**FAILED), users(10), {}, id="the address fails on"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "activity", "window", "modifiers"), MODIFIERS)
def test_what_a_rule_adds(rule, activity, window, modifiers):
    assert {modifier.name: modifier.points for modifier in found(rule, activity, *window).modifiers} == modifiers


SAME_PLACE = [
    pytest.param({"ip": None, "address": "AWS Internal"}, {"ip": None, "address": "AWS Internal"}, True, id="an address that is no IP"),
    pytest.param({"ip": "198.51.100.23", "address": "198.51.100.23:443"}, {"ip": "198.51.100.23", "address": "198.51.100.23"}, True, id="the IP counts"),
    pytest.param({"ip": "198.51.100.23", "address": "198.51.100.23"}, {"ip": "198.51.100.23", "address": "198.51.100.23:443"}, True, id="on both sides"),
    pytest.param({"ip": None, "address": "AWS Internal"}, {"ip": None, "address": None}, False, id="one is unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("redeemed", "authenticated", "silent"), SAME_PLACE)
def test_a_device_code_is_compared_by_address(redeemed, authenticated, silent):
    rule = BY_ID["aws_identity_center_device_code"]
    matched = rule.match(portal_token(**redeemed), Window((portal_sign_in(**authenticated),)), Tuning())
    assert (matched is None) is silent


def test_reaches_are_those_of_the_specification():
    reaches = {rule.id: rule.reach for rule in (*RULES, *PAIR_RULES) if rule.reach}
    assert reaches["aws_root_takeover"] == timedelta(minutes=60)
    assert reaches["aws_login_then_watching_stopped"] == timedelta(hours=12)
    assert {reaches[name] for name in ("aws_console_failures", "aws_root_console_failures", "aws_identity_center_device_code")} == {
        timedelta(minutes=15)
    }


def test_a_pair_says_how_long_after_the_login():
    rule = BY_ID["aws_login_then_watching_stopped"]
    stopped = scored(trail_call(), 57, "aws_watching_stopped", minutes=125, part="watching_stopped")
    matched = rule.match(scored(console_login(), 40, "aws_console_login_no_mfa"), stopped, Tuning())
    assert matched.reason == "anaya called StopLogging from 198.51.100.23, 125 minutes after a login that is an alert by itself."


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_aws_rule_says_nothing_about_another_vendor(rule: Rule):
    activity = sign_in(firsts=("client", "country", "network"), strange=("network",), subject=AwsSubject.INSTANCE_ROLE)
    assert rule.match(activity, Window((activity,)), Tuning()) is None


def test_records_of_the_portal_without_their_part_are_left_alone():
    bare = console_login(event_name="CreateToken", grant_type="device_code", mfa_used=Fact.UNKNOWN)
    assert BY_ID["aws_identity_center_device_code"].match(bare, Window(), Tuning()) is None
    assert BY_ID["aws_identity_center_single_factor"].match(console_login(event_name="UserAuthentication"), Window(), Tuning()) is None


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        *(((factor,), Fact.PRESENT) for factor in ("TOTP", "WEBAUTHN", "SMARTCARD")),
        (("PASSWORD", "TOTP"), Fact.PRESENT),
        (("EXTERNAL_IDP", "TOTP"), Fact.PRESENT),
        (("PASSWORD",), Fact.ABSENT),
        (("EXTERNAL_IDP",), Fact.UNKNOWN),
        ((), Fact.UNKNOWN),
    ],
)
def test_what_a_portal_says_of_a_second_factor(credentials, said):
    assert portal_mfa(IdentityCenter(credentials=credentials)) is said
