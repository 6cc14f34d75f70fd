"""Slack: blocks in which nothing that others wrote is markup, within Slack's limits."""

from typing import Any

import pytest

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.notify import payload, slack_blocks
from gatewatch.notify.outside import Network, Target
from gatewatch.notify.slack import SlackNotifier

URL = "https://hooks.slack.com/services/T000/B000/hidden-key"


def said(node: Any) -> str:
    """Every text of the blocks."""
    if isinstance(node, dict):
        return "".join(value if name == "text" and isinstance(value, str) else said(value) for name, value in node.items())
    return "".join(map(said, node)) if isinstance(node, list) else ""


def kinds(node: Any) -> set[str]:
    if isinstance(node, dict):
        return {node["type"], *(kind for value in node.values() for kind in kinds(value))} if "type" in node else set()
    return {kind for item in node for kind in kinds(item)} if isinstance(node, list) else set()


def notifier(answer: int = 200, sent: list[bytes] | None = None, now: list[float] | None = None) -> SlackNotifier:
    def post(_target: Target, body: bytes, _headers: Any) -> int:
        if sent is not None:
            sent.append(body)
        return answer

    clock = now or [0.0]
    network = Network(lambda _host, _port: ("93.184.216.34",), post)
    return SlackNotifier(lambda: URL, network=network, monotonic=lambda: clock[0], sleep=clock.append)


@pytest.mark.parametrize(
    "fact", ["CRITICAL 87", "185.220.101.4", "2026-03-14 12:00:00 UTC", "no MFA", "aws|d5a7b1f0", "Next steps", "AttributeValue="]
)
def test_the_message_says_what_a_responder_needs(notice, fact: str) -> None:
    assert fact in said(slack_blocks.blocks(notice())["blocks"])


def test_only_inert_elements_are_used(notice, poisoned, hostile: str) -> None:
    body = slack_blocks.blocks(type(notice())(alert=poisoned(notice().alert, hostile), why=hostile))
    assert kinds(body["blocks"]) <= {"header", "plain_text", "rich_text", "rich_text_section", "text", "link"}
    assert "mrkdwn" not in str(body)
    assert not {"<", ">"} & set(body["text"])
    assert len(payload.encoded(body)) <= slack_blocks.LIMIT_BYTES
    assert "http://evil" not in said(body["blocks"])


def test_slacks_limits_are_kept(notice) -> None:
    body = slack_blocks.blocks(notice(reason="\u674e" * 9_000))
    assert len(body["blocks"]) <= 50
    assert len(body["blocks"][0]["text"]["text"]) <= 150


@pytest.mark.parametrize(
    ("answer", "raised"),
    [(400, NotifyError), (404, NotifyError), (302, NotifyError), (429, NotifyUnavailable), (500, NotifyUnavailable)],
)
def test_what_becomes_of_each_answer(notice, answer: int, raised: type[NotifyError]) -> None:
    with pytest.raises(NotifyError) as failed:
        notifier(answer).send(notice())
    assert type(failed.value) is raised
    assert "hidden-key" not in str(failed.value)


def test_one_message_a_second(notice) -> None:
    sent: list[bytes] = []
    now = [0.0]
    channel = notifier(sent=sent, now=now)
    channel.send(notice())
    channel.send(notice())
    assert len(sent) == 2
    assert now[1:] == [1.0]
    assert repr(channel) == "SlackNotifier(url=<secret>)"
