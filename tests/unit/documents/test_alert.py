"""What an alert document says, field by field."""

from datetime import timedelta

import msgspec
import pytest

from gatewatch.documents import alert_document
from gatewatch.documents.attack import TACTICS, TECHNIQUES, threat
from gatewatch.model import Activity, Alert, AlertStatus, Fact, NotificationEntry, ResponseKind, Severity
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.catalogue import BY_ID
from gatewatch.providers.ecs import at
from tests.builders import alerts, aws, endpoint, entra
from tests.builders.common import NOON, activity
from tests.builders.common import at as place
from tests.builders.responses import close, respond

LOGIN = aws.plain_login(vendor_id="aws|e-1", event_id="e-1", place=place("192.0.2.1", country="SE"), time=NOON, person=None)
SIGN_IN = entra.sign_in(
    "s-1",
    user="u-1",
    upn="joe@contoso.example",
    user_name="joe@contoso.example",
    place=place("198.51.100.7", country="DE", city="Berlin"),
    level_during=None,
    mfa=Fact.PRESENT,
)
DETECTION = entra.detection(level="low")
CLOSED = close()
PROCESS = endpoint.typed(host_name="LAPTOP-7", host_id="h-7")


def alert(lead: Activity | None = None, **changes) -> Alert:
    lead = lead or activity(LOGIN)
    fields = {
        "reason": "alice signed in without MFA",
        "first_seen": NOON - timedelta(minutes=5),
        "last_seen": NOON,
        "event_count": 2,
        "event_ids": ("aws|e-1", "aws|e-0"),
        "events": (),
        "addresses": ("192.0.2.1", "AWS Internal"),
        "countries": ("SE",),
        "lead": lead,
        "person": None,
        "created": NOON + timedelta(seconds=90),
        "updated": NOON + timedelta(minutes=10),
    }
    return alerts.alert(**{**fields, **changes})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("@timestamp", "2026-03-14T12:00:00.123Z"),
        ("message", BY_ID["aws_console_login_no_mfa"].metadata.title),
        ("event.kind", "alert"),
        ("event.category", ["authentication", "intrusion_detection"]),
        ("event.type", ["info"]),
        ("event.outcome", "success"),
        ("event.action", "ConsoleLogin"),
        ("event.id", "e-1"),
        ("event.code", "aws_console_login_no_mfa"),
        ("event.module", "gatewatch"),
        ("event.dataset", "gatewatch.alert"),
        ("data_stream.dataset", "gatewatch.alert"),
        ("event.severity", 47),
        ("event.risk_score", 40.0),
        ("event.reason", "alice signed in without MFA"),
        ("event.start", "2026-03-14T11:55:00.123Z"),
        ("event.end", "2026-03-14T12:00:00.123Z"),
        ("event.created", "2026-03-14T12:01:30.123Z"),
        ("event.ingested", "2026-03-14T12:10:00.123Z"),
        ("rule.id", "aws_console_login_no_mfa"),
        ("threat.framework", "MITRE ATT&CK"),
        ("threat.tactic.id", ["TA0008", "TA0001"]),
        ("threat.technique.id", ["T1021", "T1078"]),
        ("threat.technique.subtechnique.id", ["T1021.007", "T1078.004"]),
        ("threat.technique.subtechnique.reference", ["https://attack.mitre.org/techniques/T1021/007/", "https://attack.mitre.org/techniques/T1078/004/"]),
        ("observer.vendor", "Gatewatch"),
        ("related.ip", ["192.0.2.1"]),
        ("related.user", ["alice"]),
        ("gatewatch.addresses", ["192.0.2.1", "AWS Internal"]),
        ("gatewatch.score", 40),
        ("gatewatch.severity", "medium"),
        ("gatewatch.status", "open"),
        ("gatewatch.suppressed", False),
        ("gatewatch.truncated", False),
        ("gatewatch.occurrence", 1),
        ("gatewatch.day", "2026-03-14"),
        ("gatewatch.family", "aws"),
        ("gatewatch.event_count", 2),
        ("gatewatch.score_components", [{"name": "aws_console_login_no_mfa", "points": 40, "reason": "no MFA", "kind": "base"}]),
        ("gatewatch.mfa.verdict", "absent"),
        ("gatewatch.mfa.source", "aws|e-1"),
        ("gatewatch.seconds_to_detect", 90.0),
        ("gatewatch.ccm_controls", ["IAM-14", "IPY-03"]),
        ("gatewatch.pending", None),
        ("gatewatch.person", None),
        ("gatewatch.response", None),
    ],
)  # fmt: skip
def test_an_alert_says(name, value):
    assert at(alert_document(alert()), name) == value


@pytest.mark.parametrize(("severity", "number"), [(Severity.LOW, 21), (Severity.MEDIUM, 47), (Severity.HIGH, 73), (Severity.CRITICAL, 99)])
def test_the_severity_is_the_one_elastics_promotion_rules_read(severity, number):
    assert alert_document(alert(severity=severity))["event"]["severity"] == number


def test_the_moment_of_the_write_attempt_is_taken_when_given():
    written = alert_document(alert(), ingested=NOON + timedelta(hours=1))
    assert written["event"]["ingested"] == "2026-03-14T13:00:00.123Z"


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"pending": ("sns", "teams"), "pending_reason": "new"}, "gatewatch.pending", ["sns", "teams"]),
        ({"suppressed": True, "suppressed_by": "vpn"}, "gatewatch.suppressed_by", "vpn"),
        ({"merged_into": "b"}, "gatewatch.merged_into", "b"),
        ({"replaces": ("b",)}, "gatewatch.replaces", ["b"]),
        ({"truncated": True}, "gatewatch.truncated", True),
        ({"person": "alice"}, "gatewatch.person", "alice"),
        ({"responses": (CLOSED,), "status": AlertStatus.CLOSED}, "gatewatch.response", {"closed_at": "2026-03-14T12:00:00.123Z", "closed_by": "dana", "close_reason": "planned", "verdict": "expected"}),
        ({"responses": (CLOSED,)}, "gatewatch.response", None),
        ({"responses": (respond(ResponseKind.ACKNOWLEDGE, author="soc/key"),)}, "gatewatch.response", {"acknowledged_at": "2026-03-14T12:00:00.123Z", "acknowledged_by": "soc/key"}),
        ({"notification_log": (NotificationEntry(occurrence=1, at=NOON, channel="sns", severity=Severity.LOW, why="new", event_ids=()),)}, "gatewatch.notified_count", 1),
        ({"notification_log": (NotificationEntry(occurrence=1, at=NOON, channel="sns", severity=Severity.LOW, why="new", event_ids=()),)}, "gatewatch.last_notified", "2026-03-14T12:00:00.123Z"),
    ],
)  # fmt: skip
def test_its_state_is_searchable(changes, name, value):
    assert at(alert_document(alert(**changes)), name) == value


@pytest.mark.parametrize(
    ("lead", "verdict", "source"),
    [
        pytest.param(activity(LOGIN), "absent", "aws|e-1", id="CloudTrail says no"),
        pytest.param(activity(SIGN_IN), "satisfied", "entra|s-1", id="Entra says yes"),
        pytest.param(activity(msgspec.structs.replace(LOGIN, subject=AwsSubject.SAML_ROLE)), "unknown", None, id="federated: CloudTrail's No says nothing"),
        pytest.param(
            activity(msgspec.structs.replace(LOGIN, subject=AwsSubject.SAML_ROLE), mfa_verdict=Fact.PRESENT, mfa_source="entra|s-9"),
            "satisfied", "entra|s-9", id="federated: the Entra sign-in says yes",
        ),
        pytest.param(activity(DETECTION), None, None, id="a detection knows nothing of MFA"),
    ],
)  # fmt: skip
def test_the_mfa_verdict_names_its_source(lead, verdict, source):
    document = alert_document(alert(lead))
    assert (at(document, "gatewatch.mfa.verdict"), at(document, "gatewatch.mfa.source")) == (verdict, source)


def test_a_sign_in_brings_its_detection_along():
    document = alert_document(alert(activity(SIGN_IN, detections=(DETECTION,))))
    assert at(document, "azure.identityprotection.properties.risk_event_type") == "anonymizedIPAddress"
    assert at(document, "event.id") == "s-1"


def test_a_cross_cloud_alert_has_both_sides_and_the_place_of_the_lead():
    document = alert_document(alert(activity(LOGIN), partner=activity(SIGN_IN)))
    assert at(document, "aws.cloudtrail.console_login.additional_eventdata.mfa_used") is False
    assert at(document, "azure.signinlogs.properties.id") == "s-1"
    assert at(document, "source") == {"address": "192.0.2.1", "ip": "192.0.2.1", "geo": {"country_iso_code": "SE"}}
    assert at(document, "user.name") == "alice"
    assert set(at(document, "related.ip")) == {"192.0.2.1", "198.51.100.7"}
    assert "joe@contoso.example" in at(document, "related.user")


def test_an_endpoint_alert_names_its_host():
    document = alert_document(alert(activity(PROCESS)))
    assert at(document, "event.category") == ["process", "intrusion_detection"]
    assert at(document, "related.hosts") == ["h-7", "LAPTOP-7"]


def test_a_rule_only_the_stored_alert_knows_still_makes_a_document():
    document = alert_document(alert(rule="retired_rule", rules=("retired_rule",)))
    assert at(document, "message") == "retired_rule"
    assert at(document, "threat") is None


def test_every_technique_of_every_rule_has_its_name_and_tactic():
    used = {technique for rule in BY_ID.values() for technique in rule.metadata.attack}
    assert used - set(TECHNIQUES) == set()
    assert {technique.split(".")[0] for technique in used} - set(TECHNIQUES) == set()
    assert {tactic for _, tactic in TECHNIQUES.values()} <= set(TACTICS)


def test_an_unknown_technique_keeps_its_id_as_its_name():
    assert threat(["T9999.001"])["threat.technique.subtechnique.name"] == ["T9999.001"]
