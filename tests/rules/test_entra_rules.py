"""What Entra rules say beside their points: reasons that name what a responder needs, modifiers, reaches, and silence about other vendors."""

from datetime import timedelta

import pytest

from gatewatch.model import Fact, Outcome
from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.catalogue import BY_ID
from gatewatch.providers.entra.detail import EntraSubject
from gatewatch.providers.entra.facts import OUTCOME_LOST, entra_facts
from gatewatch.providers.entra.rules import RULES
from gatewatch.providers.entra.samples import blocked_sign_in, sign_in
from gatewatch.providers.rule import Rule, Window
from gatewatch.providers.samples import repeated
from gatewatch.scoring.modifiers import circumstances
from gatewatch.tuning import Tuning

PLAIN = {"app_id": "4765445b-32c6-49b0-83e6-1d93765276ca"}
MANAGEMENT = {"app_id": "a-1", "resource_id": "797f4846-ba00-4fd7-ba43-dac1f8f63013"}
SYNC = {
    "upn": "Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com",
    "app_id": "cb1056e2-e479-49de-ae31-7812af012ed8",
    "resource_id": "00000002-0000-0000-c000-000000000000",
}
CLOUD_SYNC = {"upn": "ADToAADSyncServiceAccount@contoso.onmicrosoft.com", "app_id": "a-1", "resource_id": "r-1"}
APPLICATION = {
    "subject": EntraSubject.SERVICE_PRINCIPAL,
    "stream": "serviceprincipal",
    "service_principal_name": "ConnectSyncProvisioning_DC01_1a2b3c4d5e6f",
}
WORKLOAD = {"subject": EntraSubject.SERVICE_PRINCIPAL, "stream": "serviceprincipal", "person": None, "user_name": "backup"}
REDEEMED = {
    "transfer_method": "devicecodeflow", "interactive": Fact.ABSENT, "correlation_id": "c-1", "session_id": "s-1", "user_agent": "curl/8",
}  # fmt: skip
ADMIN = Tuning(privileged_principals=("alice@contoso.com",))


def redeemed(**changes):
    """A device code is redeemed, by the address and program that the sample sign-in has."""
    return sign_in(**{**REDEEMED, **changes})


def confirmed(**changes):
    """The interactive record of the same request."""
    return sign_in(**{"id": "entra|pair", "correlation_id": "c-1", "user_agent": "curl/8", **changes})


def tried(count: int):
    return tuple(blocked_sign_in(error_code=50126, id=f"entra|{n}", principal=f"u{n}", user_name=f"u{n:02d}") for n in range(1, count + 1))


def found(rule: str, activity, *window, tuning=None):
    matched = BY_ID[rule].match(activity, Window(window), tuning or Tuning())
    assert matched is not None
    return matched


AT = "198.51.100.77 (DE)"
REASONS = [
    pytest.param("entra_device_code_signin", redeemed(), (), f"A device code of alice@contoso.com was redeemed for Azure portal, Entra and Intune admin centres from {AT}.", id="a device code"),
    pytest.param("entra_device_code_signin", redeemed(**PLAIN, firsts=("protocol",)), (), f"A device code, the first one of this person, of alice@contoso.com was redeemed from {AT}.", id="the first device code"),
    pytest.param("entra_password_grant_signin", sign_in(protocol="ropc"), (), f"alice@contoso.com signed in from {AT} with a password in a flow that asks for no second factor.", id="a password alone"),
    pytest.param("entra_password_grant_signin", sign_in(protocol="ropc", firsts=("protocol",)), (), f"alice@contoso.com signed in, for the first time, from {AT} with a password in a flow that asks for no second factor.", id="the first one"),
    pytest.param("entra_password_spray", sign_in(), tried(10), f"{AT} failed to sign in as 10 people within 60 minutes (u01, u02, u03, u04, u05, u06, u07, u08, u09, u10) and signed in as alice@contoso.com.", id="ten people"),
    pytest.param("entra_password_spray", sign_in(), tried(12), f"{AT} failed to sign in as 12 people within 60 minutes (u01, u02, u03, u04, u05, u06, u07, u08, u09, u10 and 2 more) and signed in as alice@contoso.com.", id="twelve people"),
    pytest.param("entra_single_factor_control_plane", sign_in(mfa=Fact.ABSENT, **MANAGEMENT), (), f"alice@contoso.com entered Azure Resource Manager from {AT} with a single factor.", id="a single factor"),
    pytest.param("entra_success_after_failures", sign_in(), repeated(blocked_sign_in(error_code=50126), 11), f"alice@contoso.com signed in from {AT} after 11 failures within 15 minutes.", id="after failures"),
    pytest.param("entra_sync_account_signin", sign_in(**SYNC | {"app_id": "x"}), (), f"The synchronisation account alice@contoso.com used a client or resource that the synchronisation does not use (from {AT}).", id="another client"),
    pytest.param("entra_sync_account_signin", sign_in(**SYNC, firsts=("network",)), (), f"The synchronisation account alice@contoso.com signed in from a network for the first time (from {AT}).", id="a first network"),
    pytest.param("entra_sync_account_signin", sign_in(**CLOUD_SYNC | {"app_id": "1950a258-227b-4e31-a9cf-717495945fc2"}), (), f"The synchronisation account alice@contoso.com entered Azure PowerShell (from {AT}).", id="Cloud Sync at a control plane"),
    pytest.param("entra_sync_account_signin", sign_in(**CLOUD_SYNC, firsts=("application",)), (), f"The synchronisation account alice@contoso.com used an application for the first time (from {AT}).", id="Cloud Sync, first application"),
    pytest.param("entra_sync_account_signin", sign_in(**APPLICATION, credential_type="clientsecret"), (), f"The synchronisation account alice@contoso.com proved itself with a secret (from {AT}).", id="its application with a secret"),
    pytest.param("entra_unfamiliar_signin", sign_in(firsts=("country", "network")), (), f"alice@contoso.com signed in to Azure portal, Entra and Intune admin centres from {AT} with a country and network never seen for this person before.", id="two at a control plane"),
    pytest.param("entra_unfamiliar_signin", sign_in(**PLAIN, firsts=("client", "country", "network")), (), f"alice@contoso.com signed in to Entra ID from {AT} with a country, network and client never seen for this person before.", id="three anywhere"),
    pytest.param("entra_workload_unfamiliar", sign_in(**WORKLOAD, firsts=("network",)), (), f"The service principal backup signed in from {AT}, a network never seen for it before.", id="a workload"),
    pytest.param("entra_workload_unfamiliar", sign_in(**WORKLOAD, credential_type="clientsecret", firsts=("country", "network")), (), f"The service principal backup signed in with a secret from {AT}, a country and network never seen for it before.", id="a workload with a secret"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "activity", "window", "reason"), REASONS)
def test_a_reason_names_what_a_responder_needs(rule, activity, window, reason):
    assert found(rule, activity, *window).reason == reason


ELSEWHERE = {"redeemed elsewhere": 15}
CONFIRMATIONS = [
    pytest.param(redeemed(), (confirmed(),), {}, id="by the same address and program"),
    pytest.param(redeemed(ip="203.0.113.9"), (confirmed(),), ELSEWHERE, id="by another address"),
    pytest.param(redeemed(user_agent="python"), (confirmed(),), ELSEWHERE, id="by another program"),
    pytest.param(redeemed(ip=None, user_agent=None), (confirmed(),), {}, id="neither is known here"),
    pytest.param(redeemed(), (confirmed(ip=None, user_agent=None),), {}, id="neither is known there"),
    pytest.param(redeemed(ip="203.0.113.9"), (console_login(), confirmed()), ELSEWHERE, id="beside an activity of another vendor"),
    pytest.param(redeemed(ip="203.0.113.9"), (console_login(),), {}, id="another vendor confirms nothing"),
    pytest.param(redeemed(ip="203.0.113.9"), (confirmed(interactive=Fact.ABSENT),), {}, id="a record that is not interactive confirms nothing"),
    pytest.param(redeemed(ip="203.0.113.9", interactive=Fact.PRESENT), (confirmed(),), {}, id="an interactive record is no redemption elsewhere"),
    pytest.param(redeemed(ip="203.0.113.9"), (confirmed(correlation_id="c-2"),), {}, id="of another request"),
    pytest.param(redeemed(ip="203.0.113.9", correlation_id=None), (confirmed(correlation_id=None),), {}, id="without an id of the request"),
    pytest.param(redeemed(ip="203.0.113.9"), (confirmed(correlation_id="c-2"), confirmed()), ELSEWHERE, id="another request before it"),
    pytest.param(redeemed(ip="203.0.113.9", user_agent="python", usual=True), (confirmed(),), {}, id="by another address and program, as before"),
]  # fmt: skip


@pytest.mark.parametrize(("activity", "window", "modifiers"), CONFIRMATIONS)
def test_a_device_code_is_compared_with_its_confirmation(activity, window, modifiers):
    assert {each.name: each.points for each in found("entra_device_code_signin", activity, *window).modifiers} == modifiers


LATER = [
    pytest.param(redeemed(), (redeemed(id="entra|0"),), True, id="redeemed before"),
    pytest.param(redeemed(), (sign_in(id="entra|0", session_id="s-1", interactive=Fact.ABSENT),), False, id="no device code before"),
    pytest.param(redeemed(interactive=Fact.PRESENT), (redeemed(id="entra|0", interactive=Fact.PRESENT),), True, id="both interactive"),
    pytest.param(redeemed(), (redeemed(id="entra|0", interactive=Fact.PRESENT),), False, id="the interactive one is its confirmation"),
]


@pytest.mark.parametrize(("activity", "window", "silent"), LATER)
def test_one_redemption_is_found_once(activity, window, silent):
    assert (BY_ID["entra_device_code_signin"].match(activity, Window(window), Tuning()) is None) is silent


@pytest.mark.parametrize(("tuning", "points"), [pytest.param(Tuning(), [], id="a person"), pytest.param(ADMIN, [10], id="privileged")])
def test_a_privileged_single_factor_is_worse(tuning, points):
    modifiers = found("entra_single_factor_control_plane", sign_in(mfa=Fact.ABSENT), tuning=tuning).modifiers
    assert [each.points for each in modifiers] == points


POWERSHELL = {"app_id": "1950a258-227b-4e31-a9cf-717495945fc2"}
EXCUSED = [
    pytest.param({"incoming_token": "primaryrefreshtoken"}, id="a primary refresh token may carry the claim"),
    pytest.param({"incoming_token": "refreshtoken"}, id="a refresh token may carry the claim"),
    pytest.param(CLOUD_SYNC | POWERSHELL, id="Cloud Sync, which has its own rule"),
]


@pytest.mark.parametrize("fields", EXCUSED)
def test_a_single_factor_is_left_to_others(fields):
    assert BY_ID["entra_single_factor_control_plane"].match(sign_in(mfa=Fact.ABSENT, **fields), Window(), Tuning()) is None


FLOWS = [
    pytest.param({"protocol": name}, True, id=name) for name in ("deviceCode", "ropc", "resourceOwnerPasswordCredentials", "directUserGrant")
] + [
    pytest.param({"client_app": "Device code flow"}, True, id="named by the client"),
    pytest.param({"user_agent": "BAV2ROPC"}, True, id="named by the user agent"),
    pytest.param({"transfer_method": "devicecodeflow"}, True, id="named by the transfer method alone"),
    pytest.param({"protocol": "oAuth2"}, False, id="an ordinary flow"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "phishable"), FLOWS)
def test_a_flow_that_can_be_phished_is_a_circumstance(fields, phishable):
    assert ("device code or ROPC" in {each.name for each in circumstances(sign_in(**fields), Tuning())}) is phishable


STATES = [
    pytest.param({}, "low", 1, id="a person's level counts"),
    pytest.param(WORKLOAD, "none", 0, id="a workload's does not without a state"),
    pytest.param(WORKLOAD, None, 0, id="nor with none at all"),
    pytest.param(WORKLOAD, "atRisk", 1, id="with a state it does"),
]


@pytest.mark.parametrize(("fields", "state", "level"), STATES)
def test_the_level_of_a_workload_counts_when_its_state_is_at_risk(fields, state, level):
    facts = entra_facts(sign_in(**fields, level_during="low", risk_state=state))
    assert facts is not None
    assert facts.level == level


@pytest.mark.parametrize(("outcome", "quality", "success"), [
    pytest.param(Outcome.SUCCESS, (), True, id="success"),
    pytest.param(Outcome.UNKNOWN, (OUTCOME_LOST,), True, id="its outcome was lost on the way"),
    pytest.param(Outcome.UNKNOWN, (), False, id="unknown"),
])  # fmt: skip
def test_a_sign_in_whose_outcome_was_lost_counts_as_a_success(outcome, quality, success):
    facts = entra_facts(sign_in(outcome=outcome, data_quality=quality))
    assert facts is not None
    assert facts.success is success


def test_reaches_are_those_of_the_specification():
    assert {rule.id: rule.reach for rule in RULES if rule.reach} == {
        "entra_device_code_signin": timedelta(minutes=60),
        "entra_password_spray": timedelta(minutes=60),
        "entra_success_after_failures": timedelta(minutes=15),
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_entra_rule_says_nothing_about_another_vendor(rule: Rule):
    assert rule.match(console_login(firsts=("client", "country", "network")), Window(), Tuning()) is None
