"""Directory audits: which activities are read, in whose name, and what people read of them."""

import json

import pytest

from gatewatch.evidence import ignore_reason
from gatewatch.flow.decoding import event as decode
from gatewatch.model import Outcome, RawRecord, Refused
from gatewatch.providers.catalogue import provider_of
from gatewatch.providers.entra.audit_samples import security_info
from gatewatch.providers.entra.audit_table import AUDITED, AuditKind, audited, fold_activity
from gatewatch.providers.entra.audit_text import said
from gatewatch.providers.entra.detail import EntraSubject, audit_of
from gatewatch.tuning import Tuning
from tests.builders.audits import USER_ID, audit_record, by_user

BOB = {"id": "00000000-2222-4000-8000-00000000000b", "displayName": "Bob", "type": "User", "userPrincipalName": "bob@contoso.com"}
ADMINS = {"displayName": "Role.DisplayName", "oldValue": None, "newValue": '"Global Administrator"'}
SERVICE = {"user": None, "app": {"displayName": "release-pipeline", "servicePrincipalId": "5B000003-0000-4000-8000-000000000003"}}


# The table


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Update application \N{EN DASH} Certificates and secrets management ", "Update application - Certificates and secrets management"),
        ("Update application - Certificates and secrets management", "Update application - Certificates and secrets management"),
        ("Create application \N{EM DASH} Certificates and secrets management", "Create application - Certificates and secrets management"),
        ("Consent to application.", "Consent to application"),
        ("Add service principal.", "Add service principal"),
        ("ADD MEMBER TO ROLE", "Add member to role"),
        (" Add  member\tto role . ", "Add member to role"),
        ("Set DirSyncEnabled flag", "Set DirSyncEnabled flag"),
        ("Authentication Methods Policy Update", "Authentication Methods Policy Update"),
        ("PIM: Add member to role completed (PIM activation)", None),
        ("Update user", None),
        ("Register device", None),
        ("ConfirmSafe", None),
        ("", None),
        (None, None),
        (7, None),
        ("x" * 10_000, None),
    ],
)
def test_a_name_is_compared_folded(written, name):
    found = audited(written)

    assert (found.name if found is not None else None) == name


def test_every_activity_is_found_by_its_own_name_and_every_phrase_has_known_places():
    assert all(audited(each.name) is each for each in AUDITED)
    assert len({fold_activity(each.name) for each in AUDITED}) == len(AUDITED)
    assert all(each.phrase.format(user="", object="") for each in AUDITED)
    assert {each.kind for each in AUDITED} == set(AuditKind)


@pytest.mark.parametrize("each", AUDITED, ids=lambda each: each.name)
def test_every_activity_becomes_evidence_and_a_phrase(read, each):
    found = read(audit_record(f"{each.name}."))

    assert (found.action, audit_of(found).changes) == (each.name, each.kind)
    assert ignore_reason(found, Tuning()) is None
    assert said(found)
    assert "{" not in said(found)


# Who and to whom


def test_the_initiator_is_the_person(read):
    found = read(audit_record("Reset password", targetResources=[BOB]))

    assert (found.principal, found.person, found.user_name) == (USER_ID, "alice@contoso.com", "alice@contoso.com")
    assert (found.place.ip, found.subject, found.outcome) == ("198.51.100.77", EntraSubject.USER, Outcome.SUCCESS)
    assert (audit_of(found).target_user, audit_of(found).target_user_id) == ("bob@contoso.com", BOB["id"])
    assert said(found) == "reset the password of bob@contoso.com"


def test_no_list_of_the_tuning_is_about_what_is_only_shown(read):
    assert read(audit_record()).names == ()


def test_an_application_with_an_id_is_a_service_principal(read):
    found = read(audit_record("Add service principal credentials", initiatedBy=SERVICE))

    assert (found.principal, found.person, found.subject) == (
        SERVICE["app"]["servicePrincipalId"].lower(),
        None,
        EntraSubject.SERVICE_PRINCIPAL,
    )


def test_a_consent_has_neither_the_address_nor_the_name_of_the_token_service(read):
    found = read(audit_record("Consent to application.", initiatedBy=by_user(displayName="azure ESTS  service", ipAddress="20.190.1.1")))

    assert (found.place.address, found.display_name, found.person) == (None, None, "alice@contoso.com")


@pytest.mark.parametrize(
    ("targets", "text"),
    [
        ([BOB | {"modifiedProperties": [ADMINS]}], "gave the role Global Administrator to bob@contoso.com"),
        (
            [{"id": "r-1", "type": "Role", "displayName": "Global Administrator"}, BOB],
            "gave the role Global Administrator to bob@contoso.com",
        ),
        ([BOB], "gave the role (not named) to bob@contoso.com"),
        ([], "gave the role (not named) to a user"),
        ("not a list", "gave the role (not named) to a user"),
        (json.dumps([BOB]), "gave the role (not named) to bob@contoso.com"),
        ([{"id": "r-1", "type": "Role"}, {"id": "u-1", "type": "User"}], "gave the role r-1 to u-1"),
        ([{"type": "Role", "displayName": "{user}\u202e<b>"}, BOB], "gave the role {user}\\u202e<b> to bob@contoso.com"),
        ([BOB | {"userPrincipalName": "b" * 5_000}], None),
    ],
)
def test_what_it_was_done_to_is_named_as_text(read, targets, text):
    found = said(read(audit_record("Add member to role", targetResources=targets)))

    assert len(found) < 300
    assert text is None or found == text


@pytest.mark.parametrize(
    ("activity", "reason", "changes", "text"),
    [
        ("User registered security info", "User registered temporary access pass method", "temporary_access_pass", "registered a temporary access pass"),
        (
            "Admin registered security info", "Admin registered Temporary Access Pass method for user", "temporary_access_pass",
            "registered a temporary access pass for alice@contoso.com",
        ),
        ("User registered security info", "User registered Authenticator App with Code", "security_info", "registered security info"),
        ("Add application", "temporary access pass", "application", "added the application (not named)"),
    ],
)  # fmt: skip
def test_the_reason_tells_a_temporary_access_pass(read, activity, reason, changes, text):
    found = read(audit_record(activity, resultReason=reason))

    assert (audit_of(found).changes, said(found)) == (changes, text)


@pytest.mark.parametrize(
    ("result", "outcome", "text"),
    [
        ("success", "success", "registered security info"),
        ("Failure", "failure", "registered security info (it failed)"),
        ("timeout", "failure", "registered security info (it failed)"),
        ("unknownFutureValue", "unknown", "registered security info (unknown outcome)"),
        (..., "unknown", "registered security info (unknown outcome)"),
    ],
)
def test_the_result_is_said(read, result, outcome, text):
    found = read(audit_record(result=result))

    assert (found.outcome, said(found)) == (Outcome(outcome), text)


# What is no context, and what cannot be one


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (audit_record("Update user"), "directory_audit_not_context"),
        (audit_record("Register device"), "directory_audit_not_context"),
        (audit_record(None), "directory_audit_not_context"),
        (audit_record(initiatedBy={"user": None, "app": {"displayName": "Device Registration Service"}}), "directory_audit_by_a_service"),
        (audit_record(initiatedBy=None), "directory_audit_without_initiator"),
        (audit_record(initiatedBy={"user": {"id": "", "userPrincipalName": " "}}), "directory_audit_without_initiator"),
        (audit_record(initiatedBy={"user": {"id": "00000000-0000-0000-0000-000000000000"}}), "directory_audit_without_initiator"),
        (audit_record(activityDateTime=...), "directory_audit_without_time"),
        (audit_record(activityDateTime="yesterday"), "directory_audit_without_time"),
    ],
)
def test_what_is_left_out_and_what_is_refused_aloud(record, why):
    found = decode(RawRecord(data=record))

    assert found.reason == why
    assert isinstance(found, Refused) == ("without_" in why)


# Forms


def test_a_diagnostic_record_and_a_row_of_the_table_are_the_same_event(read):
    record = security_info(USER_ID)
    envelope = {
        "time": "2026-11-20T12:15:00Z",
        "category": "AuditLogs",
        "operationName": record["activityDisplayName"],
        "properties": record,
    }
    columns = {
        name[:1].upper() + name[1:]: json.dumps(value) if isinstance(value, (dict, list)) else value for name, value in record.items()
    }
    row = columns | {"TimeGenerated": "2026-11-20T12:15:00Z", "Type": "AuditLogs", "OperationName": record["activityDisplayName"]}
    portal = {f"{name} [UTC]" if name.endswith(("DateTime", "Generated")) else name: value for name, value in row.items()}

    expected = read(record)

    assert [read(one) for one in (envelope, row, portal)] == [expected] * 3


def test_what_powershell_writes_of_graphs_objects_is_read(read):
    found = read({
        "ActivityDateTime": "/Date(1795176840000)/",
        "ActivityDisplayName": "User registered security info",
        "Id": "Directory_00000001-0000-4000-8000-000000000001_A1B2C_100001",
        "InitiatedBy": {"App": {"AppId": None, "DisplayName": None}, "User": {"Id": USER_ID, "UserPrincipalName": "alice@contoso.com"}},
        "Result": "success",
        "TargetResources": [{"Type": "User", "UserPrincipalName": "alice@contoso.com"}],
    })  # fmt: skip

    assert (said(found), found.principal) == ("registered security info", USER_ID)


@pytest.mark.parametrize(
    ("changes", "principal", "address"),
    [
        ({}, "00000000-0000-4000-a000-000000000001", "198.51.100.66"),
        ({"Actor": [{"ID": "dana@example.com", "Type": 5}]}, "dana@example.com", "198.51.100.66"),
        ({"Actor": []}, "dana@example.com", "198.51.100.66"),
        (
            {"Actor": [{"ID": "Azure ESTS Service", "Type": 1}, {"ID": "User_00000000-0000-4000-a000-000000000001", "Type": 2}]},
            "00000000-0000-4000-a000-000000000001",
            None,
        ),
        (
            {"UserId": "ServicePrincipal_00000000-0000-4000-a000-000000000007",
             "Actor": [{"ID": "tool", "Type": 1}, {"ID": "ServicePrincipal_00000000-0000-4000-a000-000000000007", "Type": 2}]},
            "00000000-0000-4000-a000-000000000007",
            None,
        ),
    ],
)  # fmt: skip
def test_the_audit_log_of_microsoft_365_says_it_too(read, changes, principal, address):
    [sample] = [one.sample for one in provider_of(read(audit_record())).dialects if one.name.startswith("Unified audit log: directory")]

    found = read(dict(sample) | changes)

    assert (found.principal, found.place.ip) == (principal, address)
    assert said(found) == "gave the role Global Administrator to mallory@example.com"


def test_other_operations_of_that_log_stay_ignored():
    record = {
        "CreationTime": "2026-11-20T12:00:00",
        "Operation": "Add policy.",
        "RecordType": 52,
        "Workload": "Intune",
        "UserId": "a@contoso.com",
    }

    assert decode(RawRecord(data=record)).reason == "unified_audit_log_not_a_sign_in"
