"""What a responder must read is there, in every rendering (facts: "Fields every notification must contain")."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gatewatch.documents.rule_metadata import title
from gatewatch.model import Fact, NotificationEntry, Outcome, ScoreComponent, Severity
from gatewatch.notify import card_render, payload, slack_blocks, text
from gatewatch.notify.card import card
from gatewatch.notify.links import Links
from gatewatch.notify.moments import span
from gatewatch.notify.terminal import render
from tests.builders.common import having
from tests.unit.notify.conftest import RULES

LINKS = Links(runbooks="https://wiki.example/playbooks/", document="https://kibana.example/app/x?id={id}")
RENDERINGS = {
    "text": lambda notice: text.message(notice, LINKS),
    "teams": lambda notice: card_render.plain(card(notice, LINKS), 300),
    "terminal": lambda notice: render(notice, links=LINKS, width=300),
    "slack": lambda notice: said(slack_blocks.blocks(notice, LINKS)["blocks"]),
    "data": lambda notice: said(payload.data(notice, LINKS)),
}


def said(node: Any) -> str:
    """Every text of JSON, one after the other."""
    if isinstance(node, dict):
        return "".join(map(said, node.values()))
    return "".join(map(said, node)) if isinstance(node, list) else node if isinstance(node, str) else ""


def told(severity: Severity, *addresses: str, occurrence: int = 1) -> NotificationEntry:
    return NotificationEntry(
        occurrence=occurrence,
        at=datetime(2026, 3, 14, 12, tzinfo=UTC),
        channel="teams",
        severity=severity,
        why="new",
        event_ids=(),
        addresses=addresses,
    )


@pytest.fixture(params=RENDERINGS.values(), ids=RENDERINGS.keys())
def rendering(request):
    return request.param


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param("CRITICAL 87", id="severity and score"),
        pytest.param("the account's root user signed in to the console", id="first reason"),
        pytest.param("no MFA on root", id="second reason"),
        pytest.param(title("aws_root_console_login"), id="rule title"),
        pytest.param("root of 111122223333", id="who"),
        pytest.param("arn:aws:iam::111122223333:root", id="arn"),
        pytest.param("185.220.101.4, Brandenburg, DE, AS60729 Stiftung Erneuerbare", id="where"),
        pytest.param("2026-03-14 12:00:00 UTC; detected 2026-03-14 12:03:20 UTC, 3 min 20 s later", id="when, detection time, delay"),
        pytest.param("ConsoleLogin in us-east-1, client Mozilla/5.0 (X11; Linux x86_64)", id="what"),
        pytest.param("success; no MFA", id="outcome and MFA"),
        pytest.param("AWS account 111122223333", id="account"),
        pytest.param("aws|d5a7b1f0-1111-2222-3333-444455556666", id="event id"),
        pytest.param("1 event, first seen 2026-03-14 12:00:00 UTC, last seen 2026-03-14 12:00:00 UTC", id="count, first and last seen"),
        pytest.param("first notification of this alert", id="why now"),
        pytest.param("not suppressed", id="suppression"),
        pytest.param("https://wiki.example/playbooks/aws_root_console_login.md", id="runbook"),
        pytest.param("T1021.007", id="ATT&CK"),
        pytest.param("IAM-14, IAM-10, IAM-09 (evidence about them, not proof)", id="CCM"),
        pytest.param("Contact the account owner on another channel", id="next steps"),
        pytest.param("AttributeKey=EventId,AttributeValue=d5a7b1f0-1111-2222-3333-444455556666", id="the way to the event"),
        pytest.param("87  critical (74 to 100)", id="arithmetic"),
    ],
)
def test_every_rendering_says(notice, rendering, fact):
    assert fact in rendering(notice())


@pytest.mark.parametrize(
    ("family", "facts"),
    [
        pytest.param(
            "entra",
            ["joe@contoso.example, Entra user", 'display name "Joe Danger"', "Azure CLI (cloud command line)", "MFA used",
             "risk medium (anonymizedIPAddress), state atRisk", "Entra tenant 5611623b", "auditLogs/signIns/933f20c0-efdf-477f-9586-e5cc566d2e00"],
            id="entra",
        ),
        pytest.param("endpoint", ["az login --use-device-code on LAPTOP-7", "endpoint user"], id="endpoint"),
        pytest.param(
            "xcloud",
            ["MFA at the identity provider: unknown", "Other side", "Azure CLI", "Treat both sides as one incident"],
            id="cross-cloud",
        ),
    ],
)  # fmt: skip
def test_each_family_is_told_in_its_own_words(notice, rendering, family, facts):
    shown = rendering(notice(family))
    assert [fact for fact in facts if fact not in shown] == []


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        pytest.param({"why": "raised"}, "its severity is higher", id="raised"),
        pytest.param({"why": "reopened", "occurrence": 2}, "it was closed, and then new activity arrived (opened 2 times)", id="reopened"),
        pytest.param({"why": "address"}, "comes from a new source address", id="address"),
        pytest.param({"why": "raised", "notification_log": (told(Severity.MEDIUM), told(Severity.LOW))}, "last notification (medium)", id="raised from"),
        pytest.param(
            {"why": "address", "notification_log": (told(Severity.HIGH, "192.0.2.1"),)},
            "comes from a new source address: 185.220.101.4", id="which address is new",
        ),
        pytest.param({"replaces": ("abc",)}, "replaces alert abc", id="replaces"),
        pytest.param({"index_unavailable": True}, "INDEX UNAVAILABLE", id="index away"),
        pytest.param({"truncated": True}, "counts are lower bounds", id="truncated"),
        pytest.param({"data_quality": ("unknown_outcome",)}, "the records are incomplete: unknown_outcome", id="data quality"),
        pytest.param({"suppressed": True, "suppressed_by": "vpn-1"}, "suppressed by allowlist entry vpn-1", id="suppressed"),
        pytest.param({"addresses": ("192.0.2.1", "192.0.2.2")}, "192.0.2.1, 192.0.2.2", id="all addresses"),
        pytest.param({"rules": ("aws_root_console_login", "break_glass_signin")}, "BREAK-GLASS", id="break glass"),
        pytest.param({"components": (ScoreComponent(kind="modifier", name="privileged_principal", points=15, reason="x"),)}, "PRIVILEGED", id="tag"),
        pytest.param({"event_count": 12}, "12 events", id="count"),
    ],
)  # fmt: skip
def test_what_is_special_is_said(notice, rendering, changes, fact):
    assert fact in rendering(notice(**changes))


def test_the_subject_starts_with_the_severity(notice):
    assert text.subject(notice()).startswith("CRITICAL 87: ")
    assert text.subject(notice(score=30)).startswith("MEDIUM 30: ")


def test_the_subject_marks_what_is_not_stored(notice):
    assert "NOT STORED" in text.subject(notice(index_unavailable=True))


def test_a_federated_login_names_the_sign_in_that_did_the_mfa(notice, acted, events):
    lead = acted(events["federated"], mfa_verdict=Fact.PRESENT, mfa_source="entra|933f20c0")
    assert "MFA at the identity provider: satisfied (Entra sign-in entra|933f20c0)" in text.message(notice("xcloud", lead=lead))


def test_a_stopped_sign_in_says_that_the_password_was_right(notice, events):
    stopped = having(events["sign_in"], outcome=Outcome.FAILURE, error_code=50076)
    assert "correct password, then stopped by policy (error 50076)" in text.message(notice("entra", event=stopped))


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(lambda notice: text.message(notice, LINKS), id="text"),
        pytest.param(lambda notice: said(card(notice, LINKS)), id="teams"),
        pytest.param(lambda notice: render(notice, links=LINKS, width=400), id="terminal"),
        pytest.param(lambda notice: said(slack_blocks.blocks(notice, LINKS)), id="slack"),
        pytest.param(lambda notice: said(payload.data(notice, LINKS)["links"]), id="data"),
    ],
)
@pytest.mark.parametrize(
    ("family", "page"), [("aws", "us-east-1.console.aws.amazon.com/cloudtrailv2"), ("entra", "entra.microsoft.com/#view")]
)
def test_every_channel_links_playbook_alert_and_record(notice, shown, family, page):
    found = shown(notice(family))
    wanted = (f"https://wiki.example/playbooks/{RULES[family]}.md", f"https://kibana.example/app/x?id={'0f' * 32}", f"https://{page}")
    assert [url for url in wanted if url not in found] == []


def test_links_are_only_made_of_ids_in_their_vendors_form(notice, poisoned):
    evil = poisoned(notice().alert, 'x" onclick="a()')
    actions = card(notice(), LINKS)["attachments"][0]["content"]["actions"]
    assert [action["title"] for action in actions] == ["Runbook", "Alert document", "CloudTrail event"]
    assert [action["url"] for action in card(type(notice())(alert=evil, why="new"), LINKS)["attachments"][0]["content"]["actions"]] == [
        "https://wiki.example/playbooks/"
    ]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "0 s"), (0, "0 s"), (45, "45 s"), (60, "1 min"), (200, "3 min 20 s"), (99_480, "1 d 3 h"), (7_200, "2 h"), (9_000, "2 h 30 min")],
)
def test_spans(seconds, shown):
    assert span(timedelta(seconds=seconds)) == shown


def test_colour_is_asked_for(notice):
    assert "\x1b[" not in render(notice())
    assert "\x1b[1;97;41m CRITICAL 87 \x1b[0m" in render(notice(), color=True)


@pytest.mark.parametrize("width", [20, 60, 96, 140])
def test_no_line_of_the_terminal_is_wider_than_asked(notice, width):
    assert max(map(len, render(notice(), width=width).splitlines())) <= max(width, 40)
