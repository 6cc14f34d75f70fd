"""Which sign-ins become evidence by themselves: by record and tuning, whoever the person is."""

from datetime import timedelta
from typing import Any

import pytest

from gatewatch.model import Fact, Outcome
from gatewatch.providers.entra.control_planes import CLIENTS, OF_PRIVILEGED_PEOPLE, RESOURCES, control_plane
from gatewatch.providers.entra.dialects import audit_log, identity_logon
from gatewatch.providers.entra.keep import CARRIES_NO_RISK, WITHOUT_RISK, changing, keep, limit, silent, teaches
from gatewatch.providers.entra.vocabulary import BLOCKED_AFTER_PASSWORD, FAILED_SECOND_FACTOR, STOPPED_BY_POLICY, WRONG_CREDENTIAL
from gatewatch.providers.limit import Limit
from gatewatch.tuning import Tuning
from tests.builders.audits import audit
from tests.builders.common import detail, having
from tests.builders.entra import detection, sign_in

OFFICE = "4765445b-32c6-49b0-83e6-1d93765276ca"
GRAPH = "00000003-0000-0000-c000-000000000000"
MINE = Tuning(
    break_glass=("bg@contoso.example",), privileged_principals=("admin@contoso.example",), sync_accounts=("dirsync@contoso.example",)
)
LISTED = Tuning(aws_app_ids=("aws-1",))


def calm(**changes: Any) -> Any:
    """An ordinary sign-in to the office portal."""
    fields = {"level_during": "none", "risk_state": "none", "app_id": OFFICE, "resource_id": GRAPH, "upn": "alice@contoso.example"}
    return having(sign_in(), **{**fields, **changes})


def failed(code: int) -> dict[str, Any]:
    return {"outcome": Outcome.FAILURE, "error_code": code}


KEPT = [
    pytest.param({"app_id": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"}, Tuning(), id="a control plane's client"),
    pytest.param({"resource_id": "797F4846-ba00-4fd7-ba43-dac1f8f63013"}, Tuning(), id="a control plane's resource, in any case"),
    pytest.param({"protocol": "devicecode"}, Tuning(), id="a device code"),
    pytest.param({"transfer_method": "devicecodeflow"}, Tuning(), id="a redemption"),
    pytest.param({"transfer_method": "devicecodeflow", "incoming_token": "none"}, Tuning(), id="a redemption that says so"),
    pytest.param({"protocol": "ropc"}, Tuning(), id="a password grant"),
    pytest.param({"client_app": "Other clients"}, Tuning(), id="a legacy client"),
    pytest.param({"user_agent": "BAV2ROPC"}, Tuning(), id="its user agent"),
    pytest.param({"app_name": "AWS Contoso"}, Tuning(), id="AWS by its name"),
    pytest.param({"app_name": "Amazon Web Services (AWS)"}, Tuning(), id="AWS by its old name"),
    pytest.param({"app_id": "aws-1"}, LISTED, id="AWS by the list"),
    pytest.param({"names": ("BG@contoso.example",)}, MINE, id="break-glass"),
    pytest.param({"names": ("admin@contoso.example",)}, MINE, id="privileged"),
    pytest.param({"names": ("admin@contoso.example",), **failed(1)}, MINE, id="privileged, whatever it failed with"),
    pytest.param({"names": ("DirSync@contoso.example",)}, MINE, id="synchronisation by the list"),
    pytest.param({"upn": "Sync_DC01_1a2b3c4d5e6f@contoso.example"}, Tuning(), id="synchronisation by its name"),
    pytest.param({"upn": "ADToAADSyncServiceAccount@contoso.example"}, Tuning(), id="cloud synchronisation"),
    pytest.param({"display_name": "On-Premises Directory Synchronization Service Account"}, Tuning(), id="by its display name"),
    pytest.param({"service_principal_name": "ConnectSyncProvisioning_DC01_1a2b3c4d5e6f"}, Tuning(), id="the synchronisation application"),
    pytest.param({"level_aggregated": "low"}, Tuning(), id="any risk"),
    pytest.param({"risk_types": ("unlikelyTravel",)}, Tuning(), id="a risk type"),
    pytest.param({"risk_state": "remediated"}, Tuning(), id="a risk state"),
    pytest.param({"stream": "serviceprincipal", "risk_state": "atrisk"}, Tuning(), id="a workload's state"),
    *(pytest.param(failed(code), Tuning(), id=f"failure {code}") for code in sorted(STOPPED_BY_POLICY | WRONG_CREDENTIAL | FAILED_SECOND_FACTOR)),
    pytest.param(failed(50199), Tuning(), id="an application was confirmed"),
]  # fmt: skip

NOT_KEPT = [
    pytest.param({}, Tuning(), id="an ordinary sign-in"),
    pytest.param({"level_during": "hidden"}, Tuning(), id="a hidden level"),
    pytest.param({"app_id": None, "resource_id": None}, Tuning(), id="no application"),
    pytest.param({"transfer_method": "devicecodeflow", "incoming_token": "refreshtoken"}, Tuning(), id="later in the session of a device code"),
    pytest.param({"client_app": "Authenticated SMTP"}, Tuning(), id="a printer"),
    pytest.param({"app_name": "Drawsheet"}, Tuning(), id="letters within a name"),
    pytest.param({"app_name": "AWS Contoso"}, LISTED, id="a name where there is a list"),
    pytest.param({"names": ("bob@contoso.example",)}, MINE, id="another person"),
    pytest.param({"upn": "sync_team@contoso.example"}, Tuning(), id="another name"),
    pytest.param({"stream": "serviceprincipal", "level_during": "low", "level_aggregated": "low"}, Tuning(), id="a workload's level"),
    pytest.param({"app_id": "00000006-0000-0ff1-ce00-000000000000"}, Tuning(), id="the office portal's id"),
    pytest.param({"app_id": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", **failed(50058)}, Tuning(), id="an interrupt"),
    pytest.param({"protocol": "ropc", **failed(700016)}, Tuning(), id="another failure"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "tuning"), KEPT)
def test_kept(changes: dict[str, Any], tuning: Tuning) -> None:
    assert keep(calm(**changes), tuning) is None


@pytest.mark.parametrize(("changes", "tuning"), NOT_KEPT)
def test_ignored(changes: dict[str, Any], tuning: Tuning) -> None:
    assert keep(calm(**changes), tuning) == WITHOUT_RISK


def test_detections_are_always_kept() -> None:
    assert keep(detection(level="none"), Tuning()) is None


def test_the_second_factor_may_be_completed_later() -> None:
    assert changing(calm(mfa=Fact.ABSENT)) != changing(calm(mfa=Fact.PRESENT))


def test_no_blocking_code_is_an_interrupt_or_a_wrong_password() -> None:
    new = {530032, 53010, 50078, 50144}
    assert new <= BLOCKED_AFTER_PASSWORD
    assert {530035} == STOPPED_BY_POLICY - BLOCKED_AFTER_PASSWORD
    assert not STOPPED_BY_POLICY & ({50126, 50034, 50053, 50056, 50058, 50097, 50140, 50199, 65001})


@pytest.mark.parametrize("table", [CLIENTS, RESOURCES, OF_PRIVILEGED_PEOPLE], ids=["clients", "resources", "of privileged people"])
def test_ids_are_guids_in_lower_case(table: dict[str, str]) -> None:
    assert all(len(one) == 36 and one == one.casefold() and one.count("-") == 4 for one in table)
    assert GRAPH not in table


def test_the_office_portal_is_a_control_plane_for_the_privileged_only() -> None:
    office = detail(calm(app_id="00000006-0000-0ff1-ce00-000000000000"))
    assert [control_plane(office), control_plane(office, privileged=True)] == [None, "Microsoft 365 admin centre"]


@pytest.mark.parametrize(("category", "reason"), CARRIES_NO_RISK.items())
def test_a_dialect_that_carries_no_risk_says_so(category: str, reason: str) -> None:
    assert keep(calm(category=category), Tuning()) == reason


@pytest.mark.parametrize(
    ("event", "limited"),
    [
        pytest.param(calm(**failed(50126)), True, id="a wrong password"),
        pytest.param(calm(**failed(500121)), True, id="a second factor that failed"),
        pytest.param(calm(**failed(50126), risk_state=None), True, id="a wrong password, and no word about a state"),
        pytest.param(calm(**failed(50126), level_during="low"), False, id="a wrong password at risk"),
        pytest.param(calm(**failed(53003)), False, id="a stop by policy"),
        pytest.param(calm(error_code=50126), False, id="a success"),
        pytest.param(having(detection(), outcome=Outcome.FAILURE), False, id="a detection"),
    ],
)
def test_only_failures_that_windowed_rules_count_are_limited(event: Any, limited: bool) -> None:
    assert limit(event) == (Limit("address", timedelta(minutes=1), 60, asked_from=15) if limited else None)


@pytest.mark.parametrize(
    ("event", "says_nothing"),
    [
        pytest.param(calm(level_during=None, level_aggregated=None, risk_state=None, risk_types=()), True, id="nothing"),
        pytest.param(calm(level_during="none", level_aggregated=None, risk_state=None, risk_types=()), False, id="a level"),
        pytest.param(calm(level_during=None, level_aggregated="none", risk_state=None, risk_types=()), False, id="an aggregated level"),
        pytest.param(calm(level_during=None, level_aggregated=None, risk_state="none", risk_types=()), False, id="a state"),
        pytest.param(calm(level_during=None, level_aggregated=None, risk_state=None, risk_types=("newCountry",)), False, id="a type"),
        pytest.param(detection(level=None, state=None, risk_type=None), False, id="a detection"),
    ],
)
def test_a_version_without_a_word_about_risk_is_silent(event: Any, says_nothing: bool) -> None:
    assert silent(event) is says_nothing


@pytest.mark.parametrize(
    ("event", "teaching"),
    [
        pytest.param(calm(), True, id="a sign-in"),
        pytest.param(calm(category=audit_log.CATEGORY), False, id="the unified audit log"),
        pytest.param(calm(category=identity_logon.CATEGORY), False, id="a table of logons"),
        pytest.param(detection(), False, id="a detection"),
    ],
)
def test_which_records_say_enough_to_teach(event: Any, teaching: bool) -> None:
    assert teaches(event) is teaching


def test_which_fields_later_versions_change() -> None:
    one = calm(risk_types=("b", "a"), risk_detail="why", level_aggregated="low", mfa=Fact.ABSENT)
    assert changing(one) == ("none", "low", "none", "why", ("a", "b"), Fact.ABSENT)
    assert changing(detection(level="low", state="atRisk", detail="why", risk_type="newCountry")) == ("low", "atRisk", "why", "newCountry")


def test_what_is_only_shown_is_limited_by_who_did_it() -> None:
    assert limit(audit()) == Limit("principal", timedelta(days=1), 200)
