"""The same sign-in and the same detection, in every form in which people hold them: one event, one alert."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.flow.decoding import event as decode
from gatewatch.flow.replay import replay
from gatewatch.model import Event, Ignored, RawRecord, Refused
from gatewatch.providers.catalogue import DIALECTS, dialect_of_columns
from gatewatch.providers.entra.dialects import DIALECTS as ENTRA_DIALECTS
from tests.builders.common import detail
from tests.support import entra_forms as forms
from tests.support.channels import bundle

AUDIT_RECORD = {
    "CreationTime": "2026-11-20T10:01:00",
    "Id": forms.SIGN_IN["id"],
    "IntraSystemId": forms.SIGN_IN["id"],
    "InterSystemsId": forms.SIGN_IN["correlationId"],
    "Operation": "UserLoggedIn",
    "OrganizationId": forms.TENANT,
    "RecordType": 15,
    "ResultStatus": "Failed",
    "UserId": "dana@example.com",
    "UserKey": forms.SIGN_IN["userId"],
    "Workload": "AzureActiveDirectory",
    "ClientIP": "198.51.100.66:51000",
    "ApplicationId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "ObjectId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "ExtendedProperties": [{"Name": "UserAgent", "Value": "python-requests/2.32"}],
    "DeviceProperties": [{"Name": "OS", "Value": "Windows 10"}, {"Name": "IsCompliant", "Value": "True"}],
    "ErrorNumber": "50140",
}
AUDIT_FORMS = {
    "Management API": AUDIT_RECORD,
    "Search-UnifiedAuditLog": {"CreationDate": "2026-11-20T10:01:00Z", "UserIds": "dana@example.com", "Operations": "UserLoggedIn", "AuditData": json.dumps(AUDIT_RECORD)},
    "Graph": {"id": "x", "createdDateTime": "2026-11-20T10:01:00Z", "operation": "UserLoggedIn", "userPrincipalName": "dana@example.com", "auditData": AUDIT_RECORD},
    "Elastic": {"@timestamp": "2026-11-20T10:01:00Z", "event": {"dataset": "o365.audit"}, "o365": {"audit": AUDIT_RECORD | {"ExtendedProperties": {"UserAgent": "python-requests/2.32"}}}},
    "Wazuh": {"timestamp": "2026-11-20T10:01:05.000+0000", "rule": {"id": "91544"}, "data": {"integration": "office365", "office365": AUDIT_RECORD}},
    "Defender CloudAppEvents": {"Timestamp": "2026-11-20T10:01:00Z", "ActionType": "UserLoggedIn", "Application": "Microsoft 365", "RawEventData": AUDIT_RECORD},
}  # fmt: skip


def raw(data, number=1):
    return RawRecord(data=data, tenant=forms.TENANT, origin=f"x.json:{number}")


def replayed(*records):
    return replay(lambda: [raw(record, n) for n, record in enumerate(records, 1)], bundle())


def the_alert(done):
    (alert,) = done.alerts
    return alert


@pytest.mark.parametrize("form", forms.SIGN_INS.values(), ids=forms.SIGN_INS)
def test_the_same_risky_sign_in_is_one_alert(form):
    alert = the_alert(replayed(form(forms.SIGN_IN)))

    assert (alert.rule, alert.score, alert.snapshot.event_count) == ("entra_risky_signin", 83, 1)
    assert alert.key.account == forms.TENANT
    assert alert.key.principal == forms.SIGN_IN["userId"]
    assert alert.key.day == "2026-11-20"


def test_all_forms_of_it_together_are_one_alert_of_one_event():
    done = replayed(*(form(forms.SIGN_IN) for form in forms.SIGN_INS.values()), *AUDIT_FORMS.values())

    alert = the_alert(done)
    assert (alert.rule, alert.score, alert.snapshot.event_count) == ("entra_risky_signin", alert.score, 1)
    assert alert.score >= 83


@pytest.mark.parametrize("form", forms.DETECTIONS.values(), ids=forms.DETECTIONS)
def test_the_same_detection_is_one_alert(form):
    alert = the_alert(replayed(form(forms.DETECTION)))

    assert (alert.rule, alert.score, alert.snapshot.event_count) == ("entra_risky_signin", 83, 1)
    assert alert.key.day == "2026-11-20"


def test_all_forms_of_the_detection_and_of_its_sign_in_are_one_event():
    records = [form(forms.DETECTION) for form in forms.DETECTIONS.values()] + [form(forms.SIGN_IN) for form in forms.SIGN_INS.values()]

    assert the_alert(replayed(*records)).snapshot.event_count == 1


FACTS = ("sign_in_id", "user_id", "upn", "app_id", "error_code", "level_during", "level_aggregated", "risk_state", "risk_types")
SIGN_IN_RECORDS = st.builds(
    lambda during, aggregated, state, types, code, compliant: (
        forms.SIGN_IN
        | {
            "riskLevelDuringSignIn": during,
            "riskLevelAggregated": aggregated,
            "riskState": state,
            "riskEventTypes_v2": types,
            "status": {"errorCode": code},
            "deviceDetail": forms.SIGN_IN["deviceDetail"] | {"isCompliant": compliant},
        }
    ),
    st.sampled_from(list(forms.LEVELS)),
    st.sampled_from(list(forms.LEVELS)),
    st.sampled_from(list(forms.STATES)),
    st.lists(st.sampled_from(["anonymizedIPAddress", "unlikelyTravel", "generic"]), unique=True),
    st.sampled_from([0, 50126, 53003, 500121]),
    st.booleans(),
)


@pytest.mark.parametrize("form", forms.SIGN_INS.values(), ids=forms.SIGN_INS)
@given(record=SIGN_IN_RECORDS)
def test_every_form_says_what_graph_says(form, record):
    expected, found = decode(raw(record)), decode(raw(form(record)))

    assert isinstance(found, Event)
    assert {name: getattr(detail(found), name) for name in FACTS} == {name: getattr(detail(expected), name) for name in FACTS}
    assert (found.vendor_id, found.time, found.outcome, found.principal, found.person) == (
        expected.vendor_id,
        expected.time,
        expected.outcome,
        expected.principal,
        expected.person,
    )
    assert detail(found).device.compliant == detail(expected).device.compliant
    assert (found.place.ip, found.place.country) == (expected.place.ip, expected.place.country)


@pytest.mark.parametrize("record", AUDIT_FORMS.values(), ids=AUDIT_FORMS)
def test_the_unified_audit_log_is_read_by_its_operation(record):
    found = decode(raw(record))

    assert isinstance(found, Event), found
    assert (found.vendor_id, found.outcome, found.person) == (f"entra|{forms.SIGN_IN['id']}", "success", "dana@example.com")
    assert (found.place.ip, found.user_agent, found.time.isoformat()) == (
        "198.51.100.66",
        "python-requests/2.32",
        "2026-11-20T10:01:00+00:00",
    )
    assert (detail(found).app_id, detail(found).resource_id) == (AUDIT_RECORD["ApplicationId"], AUDIT_RECORD["ObjectId"])
    assert {"not_carried_risk", "not_carried_authentication_protocol"} <= set(found.data_quality)


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({"Operation": "UserLoginFailed", "ErrorNumber": "50126", "ResultStatus": "Success"}, "failure", 50126),
        (
            {"Operation": "UserLoginFailed", "ErrorNumber": None, "LogonError": "UserStrongAuthClientAuthNRequiredInterrupt"},
            "failure",
            50074,
        ),
        ({"Operation": "UserLoginFailed", "ErrorNumber": "0"}, "failure", -1),
        ({"Operation": "userloggedin", "LogonError": "FlowTokenExpired"}, "success", 0),
    ],
)
def test_the_operation_decides_the_outcome(changes, outcome, code):
    found = decode(raw(AUDIT_RECORD | changes))
    assert (found.outcome, detail(found).error_code) == (outcome, code)


NAMED = {
    "another operation": (AUDIT_RECORD | {"Operation": "FileAccessed"}, "unified_audit_log_not_a_sign_in"),
    "the same, wrapped": ({"AuditData": json.dumps(AUDIT_RECORD | {"Operation": "MailItemsAccessed"}), "CreationDate": "x"}, "unified_audit_log_not_a_sign_in"),
    "a risky user": ({"@odata.type": "#microsoft.graph.riskyUser", "id": "u", "riskLevel": "high"}, "graph_risky_user"),
    "a row of RiskyUsers.csv": (
        {"Id": "u", "RiskLastUpdatedDateTime": "6/17/2026 6:06:20 PM", "RiskLevel": "high", "RiskState": "atRisk", "UserPrincipalName": "dana@example.com"},
        "graph_risky_user",
    ),
    "Azure activity": ({"category": "Administrative", "properties": {}, "operationName": "x"}, "azure_activity_log"),
    "az monitor activity-log": ({"caller": "x", "operationName": {"value": "x"}, "eventTimestamp": "x", "authorization": {}}, "azure_activity_log"),
    "AzureActivity": ({"Type": "AzureActivity", "OperationNameValue": "x", "Caller": "x", "TimeGenerated": "x"}, "azure_activity_log"),
    "a domain controller": ({"ActionType": "LogonSuccess", "Application": "Active Directory", "AccountName": "dana", "Timestamp": "x"}, "defender_on_premises_logon"),
    "a row of another hunting table": ({"Timestamp": "x", "ActionType": "FileDownloaded", "Application": "x", "AccountObjectId": "u"}, "defender_table_not_read"),
    "another hunting table": ({"category": "AdvancedHunting-EmailEvents", "properties": {}, "time": "x"}, "defender_table_not_read"),
}  # fmt: skip


@pytest.mark.parametrize(("record", "reason"), NAMED.values(), ids=NAMED)
def test_what_is_no_sign_in_is_ignored_by_name(record, reason):
    found = decode(raw(record))
    assert isinstance(found, Ignored), found
    assert found.reason == reason


def test_an_audit_record_that_was_cut_is_refused_by_name():
    found = decode(raw({"AuditData": json.dumps(AUDIT_RECORD)[:200], "CreationDate": "2026-11-20T10:01:00Z"}))
    assert isinstance(found, Refused)
    assert found.reason == "unified_audit_log_record_unreadable"


CUT = "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInStatus"
CALM = {"riskLevelAggregated": "none", "riskLevelDuringSignIn": "none", "riskState": "none", "riskEventTypes_v2": []}
DIAGNOSTIC = {"time": "2026-11-20T10:01:00Z", "category": "SignInLogs", "operationName": "Sign-in activity", "resultType": "0"}
UNREADABLE = {
    "a status that was lost, without risk": (forms.SIGN_IN | CALM | {"status": CUT}, "refused:unreadable_status"),
    "a code that is no number": (forms.SIGN_IN | CALM | {"status": {"errorCode": "zero"}}, "refused:unreadable_status"),
    "a number that is no level": (forms.SIGN_IN | CALM | {"riskLevelAggregated": 77}, "refused:unreadable_risk_level"),
    "a level of another language": (forms.SIGN_IN | CALM | {"riskLevelAggregated": "élevé"}, "refused:unreadable_risk_level"),
    "a status that was wrapped": (forms.SIGN_IN | CALM | {"status": {"M": forms.SIGN_IN["status"]}}, "refused:unreadable_status"),
    "properties that were wrapped": (DIAGNOSTIC | {"properties": {"M": forms.SIGN_IN}}, "refused:sign_in_says_nothing"),
    "properties of a detection that were wrapped": (DIAGNOSTIC | {"category": "UserRiskEvents", "properties": {"M": forms.DETECTION}}, "refused:detection_says_nothing"),
    "properties that Elastic cut": (forms.SIGN_INS["Elastic"](forms.SIGN_IN) | {"azure": {"signinlogs": {"properties": "{cut", "category": "SignInLogs"}}}, "refused:sign_in_says_nothing"),
    "types that were cut": (forms.SIGN_IN | CALM | {"riskEventTypes_v2": '["unlikelyTr'}, "refused:unreadable_risk_type"),
    "a diagnostic record that was cut": (DIAGNOSTIC | {"properties": json.dumps(forms.SIGN_IN)[:300]}, "refused:diagnostic_properties_unreadable"),
    "a diagnostic record that lost its properties": (DIAGNOSTIC | {"properties": "System.Collections.Hashtable"}, "refused:diagnostic_properties_unreadable"),
    "a detection that lost its properties": (DIAGNOSTIC | {"category": "UserRiskEvents", "properties": 5}, "refused:diagnostic_properties_unreadable"),
    "a diagnostic record without properties": (DIAGNOSTIC | {"properties": None}, "refused:diagnostic_properties_missing"),
    "types that were lost": (forms.SIGN_IN | CALM | {"riskEventTypes_v2": "System.String[]"}, "refused:unreadable_risk_type"),
    "a Defender level without a meaning": (forms.defender(forms.SIGN_IN) | {"RiskLevelAggregated": 75, "RiskLevelDuringSignIn": 0, "RiskEventTypes": "[]"}, "refused:unreadable_risk_level"),
    "a detection without a level": (forms.DETECTION | {"riskLevel": {"x": 1}, "riskEventType": "unlikelyTravel"}, "refused:unreadable_risk_level"),
    "a time that is none": (forms.SIGN_IN | {"createdDateTime": "soon"}, "refused:time_unreadable"),
    "no time": ({name: value for name, value in forms.SIGN_IN.items() if name != "createdDateTime"}, "refused:time_missing"),
}  # fmt: skip


@pytest.mark.parametrize(("record", "disposition"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_there_but_unreadable_is_refused_by_name(record, disposition):
    done = replayed(record)
    assert (done.counts, done.alerts) == ({disposition: 1}, ())


TWICE = {
    "once": json.dumps,
    "twice": lambda value: json.dumps(json.dumps(value)),
    "in a list": lambda value: [json.dumps(json.dumps(value))],
}


@pytest.mark.parametrize("written", TWICE.values(), ids=TWICE)
def test_objects_that_an_exporter_wrote_as_text(written):
    nested = {name: written(forms.SIGN_IN[name]) for name in ("status", "deviceDetail", "location")}
    expected = decode(raw(DIAGNOSTIC | {"properties": forms.SIGN_IN}))
    assert decode(raw(DIAGNOSTIC | {"properties": written(forms.SIGN_IN)})) == expected
    assert decode(raw(DIAGNOSTIC | {"properties": forms.SIGN_IN | nested})) == expected


def test_the_types_before_a_cut_are_read():
    (alert,) = replayed(forms.SIGN_IN | CALM | {"riskEventTypes_v2": '["anonymizedIPAddress","unfam'}).alerts
    assert (alert.rule, alert.snapshot.data_quality) == ("entra_anonymized_ip_signin", ("unreadable_risk_type",))


def test_flows_and_requirements_that_are_written_in_words():
    found = detail(
        decode(
            raw(
                forms.SIGN_IN
                | {
                    "authenticationProtocol": "Device code",
                    "originalTransferMethod": "Device code flow",
                    "authenticationRequirement": "Single-factor authentication",
                }
            )
        )
    )
    assert (found.protocol, found.transfer_method, found.mfa) == ("devicecode", "devicecodeflow", "absent")


def test_a_status_that_is_only_the_code_or_a_word():
    assert decode(raw(forms.SIGN_IN | {"status": "0"})).outcome == "success"
    assert decode(raw(forms.SIGN_IN | {"status": 50126})).outcome == "failure"
    assert decode(raw(forms.SIGN_IN | {"status": "Failure"})).outcome == "failure"
    assert replayed(forms.SIGN_IN | {"status": "Failure"}).alerts == ()


def test_types_that_pandas_wrote():
    found = decode(
        raw(forms.SIGN_IN | {"riskEventTypes_v2": "['anonymizedIPAddress', 'unlikelyTravel']", "status": str(forms.SIGN_IN["status"])})
    )
    assert (detail(found).risk_types, detail(found).error_code) == (("anonymizedIPAddress", "unlikelyTravel"), 0)


FOREIGN = {
    "Okta": {
        "uuid": "x",
        "published": "2026-11-20T10:01:00Z",
        "eventType": "user.session.start",
        "actor": {"id": "u"},
        "outcome": {"result": "SUCCESS"},
    },
    "Salesforce": {"UserId": "u", "LoginTime": "2026-11-20T10:01:00Z", "Status": "Success", "SourceIp": "198.51.100.66"},
    "Slack": {"user_id": "u", "username": "dana", "date_first": 1, "ip": "198.51.100.66", "status": "ok"},
}


@pytest.mark.parametrize("record", FOREIGN.values(), ids=FOREIGN)
def test_a_record_of_another_vendor_is_not_counted_as_one_of_entra(record):
    found = decode(raw(record))
    assert isinstance(found, Refused)
    assert found.reason == "unrecognised_record"


SCORES = {
    "the outcome": {"status": CUT},
    "one of two levels": {"riskLevelDuringSignIn": "System.Object[]"},
    "the types": {"riskEventTypes_v2": "System.Object[]"},
    "the state": {"riskState": {"x": 1}},
}


@pytest.mark.parametrize("changes", SCORES.values(), ids=SCORES)
def test_what_scores_with_what_is_readable_is_not_lost_to_a_refusal(changes):
    done = replayed(forms.SIGN_IN | changes)
    assert done.counts == {"stored": 1}
    assert the_alert(done).rule == "entra_risky_signin"


@pytest.mark.parametrize("dialect", ENTRA_DIALECTS, ids=lambda dialect: dialect.name)
def test_a_dialect_says_what_it_cannot_carry(dialect):
    assert dialect.cannot_carry


def test_dates_of_a_row_are_read_in_one_order():
    row = forms.extractor_suite(
        forms.DETECTION | {"activityDateTime": "2026-11-05T10:01:00Z", "lastUpdatedDateTime": "2026-11-20T10:03:00Z"}
    )
    assert decode(raw(row)).time.isoformat() == "2026-11-05T10:01:00+00:00"


def test_a_date_that_can_be_read_both_ways_is_said_to_be_one():
    found = decode(raw(forms.SIGN_IN | {"createdDateTime": "05/11/2026 10:01:00"}))
    assert "time_ambiguous" in found.data_quality


def test_times_of_a_browser_are_said_to_be_in_no_known_zone():
    found = decode(raw(forms.with_zone(forms.analytics(forms.SIGN_IN, text=True, Type="SigninLogs"), "Local Time")))
    assert "not_carried_time_zone" in found.data_quality


PORTAL = next(dialect for dialect in DIALECTS if dialect.name.startswith("Entra portal"))


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({}, "success", 0),
        ({"Sign-in error code": ""}, "success", 0),
        ({"Sign-in error code": "None"}, "success", 0),
        ({"Status": "Failure", "Sign-in error code": "50126"}, "failure", 50126),
        ({"Status": "Interrupted", "Sign-in error code": "50074"}, "failure", 50074),
        ({"Status": "Failure", "Sign-in error code": ""}, "unknown", None),
    ],
)
def test_a_row_of_the_portal(changes, outcome, code):
    found = decode(raw(PORTAL.sample | changes))
    assert (found.outcome, detail(found).error_code) == (outcome, code)
    assert (found.place.country, found.place.city, found.place.asn) == ("ES", "Madrid", 64500)
    assert detail(found).app_id == "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"


def test_a_row_of_the_portal_that_has_risk_columns_says_so():
    found = decode(raw(PORTAL.sample | {"Risk level (aggregate)": "High", "Risk state": "At risk"}))
    assert (detail(found).level_aggregated, detail(found).risk_state) == ("high", "atrisk")


@pytest.mark.parametrize(
    "header",
    [
        ("Date", "User", "Risk state", "Risk level"),
        ("Detection time", "Detection type", "User"),
        ("Datum (UTC)", "Anforderungs-ID", "Status"),
    ],
)
def test_columns_that_are_not_published_are_not_guessed_at(header):
    assert dialect_of_columns(header) is None
