"""The signed webhook: signatures as specified, equal at every retry, never into the network, and nothing of it in errors."""

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import urllib3
from msgspec import structs

from gatewatch.alerts.pending import RESOLVING
from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.notify import payload
from gatewatch.notify.channels import CHANNELS
from gatewatch.notify.cloud_event import cloud_event
from gatewatch.notify.outside import Network, Target
from gatewatch.notify.standard_webhooks import NoSecretError, headers, secrets_of
from gatewatch.notify.webhook import WebhookNotifier

# The example of the specification: standard-webhooks/standard-webhooks, spec/standard-webhooks.md and the libraries' tests.
VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
VECTOR_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
URL = "https://hooks.example/in?key=hidden-key"
PUBLIC = "93.184.216.34"


class Hook:
    """A receiver that remembers and answers what it is told to."""

    def __init__(self, answer: int | Exception = 204, addresses: tuple[str, ...] = (PUBLIC,)) -> None:
        self.answer, self.addresses = answer, addresses
        self.got: list[tuple[Target, bytes, dict[str, str]]] = []

    def post(self, target: Target, body: bytes, sent: Any) -> int:
        self.got.append((target, body, dict(sent)))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def resolve(self, _host: str, _port: int) -> tuple[str, ...]:
        return self.addresses

    def notifier(self, url: str = URL, secret: str = VECTOR_SECRET, now: float = 1_614_265_330.9, **more: Any) -> WebhookNotifier:
        return WebhookNotifier(lambda: url, lambda: secret, network=Network(self.resolve, self.post), clock=lambda: now, **more)


def test_the_signature_is_the_specifications() -> None:
    message_id, timestamp, body = VECTOR
    assert headers(message_id, timestamp, body, secrets_of(VECTOR_SECRET)) == {
        "webhook-id": message_id,
        "webhook-timestamp": "1614265330",
        "webhook-signature": VECTOR_SIGNATURE,
    }


def test_two_secrets_sign_while_they_are_rotated() -> None:
    other = "whsec_" + base64.b64encode(b"n" * 24).decode()
    signed = headers(*VECTOR, secrets_of(f"{other} {VECTOR_SECRET}"))["webhook-signature"].split(" ")
    assert len(signed) == 2
    assert signed[1] == VECTOR_SIGNATURE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="none"),
        pytest.param("hunter2-hunter2-hunter2-hunter2", id="no prefix"),
        pytest.param("whsec_c2hvcnQ=", id="too short"),
        pytest.param("whsec_" + base64.b64encode(b"x" * 65).decode(), id="too long"),
        pytest.param("whsec_sécret", id="not ASCII"),
        pytest.param("whsec_****", id="no base64"),
        pytest.param(" ".join([VECTOR_SECRET] * 3), id="three"),
    ],
)
def test_a_secret_of_another_form_is_refused_unquoted_and_the_message_waits(notice, text: str) -> None:
    with pytest.raises(NoSecretError) as refused:
        secrets_of(text)
    assert not text or text not in str(refused.value)
    with pytest.raises(NotifyUnavailable):
        Hook().notifier(secret=text).send(notice())


def test_a_receiver_can_verify_and_read_it(notice) -> None:
    hook, sent = Hook(), notice()
    hook.notifier().send(sent)
    [(target, body, found)] = hook.got
    signed = f"{found['webhook-id']}.{found['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(base64.b64decode(VECTOR_SECRET[6:]), signed, hashlib.sha256).digest()).decode()
    assert found["webhook-signature"] == f"v1,{expected}"
    assert (target.address, target.host, target.port, target.path) == (PUBLIC, "hooks.example", 443, "/in?key=hidden-key")
    event = json.loads(body)
    assert (event["specversion"], event["type"], event["id"]) == ("1.0", "gatewatch.alert.notified", found["webhook-id"])
    assert (event["subject"], event["data"]["dedup_key"]) == (sent.alert.id, f"{sent.alert.id}:1")
    assert [one["id"] for one in event["data"]["events"]] == list(sent.alert.snapshot.event_ids)


def test_a_retry_differs_in_its_timestamp_alone(notice) -> None:
    hook = Hook()
    for now in (100.0, 900.0):
        hook.notifier(now=now).send(notice())
    (_, first, one), (_, second, two) = hook.got
    assert (first, one["webhook-id"]) == (second, two["webhook-id"])
    assert one["webhook-timestamp"] != two["webhook-timestamp"]


@pytest.mark.parametrize(
    "changes", [{"score": 60}, {"occurrence": 2}, {"why": "raised"}, {"why": "closed"}], ids=["severity", "occurrence", "why", "closed"]
)
def test_another_message_has_another_id(notice, changes: dict[str, Any]) -> None:
    assert cloud_event(notice(**changes))["id"] != cloud_event(notice())["id"]


def test_a_close_resolves_the_same_incident(notice) -> None:
    ended = cloud_event(notice(why="closed"))
    assert ended["type"] == "gatewatch.alert.resolved"
    assert ended["data"]["dedup_key"] == cloud_event(notice())["data"]["dedup_key"]


def test_the_channels_that_resolve_are_those_that_get_a_close() -> None:
    assert {channel.name for channel in CHANNELS if channel.resolves} == RESOLVING


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        pytest.param("http://hooks.example/in", (PUBLIC,), id="plain http"),
        pytest.param("https://user:pw@hooks.example/in", (PUBLIC,), id="credentials"),
        pytest.param("https://hooks.example/in#x", (PUBLIC,), id="fragment"),
        pytest.param("https://[bad/in", (PUBLIC,), id="no address"),
        pytest.param("https://hooks.example:99999/in", (PUBLIC,), id="no port"),
        pytest.param(URL, ("127.0.0.1",), id="loopback"),
        pytest.param(URL, ("10.1.2.3",), id="private"),
        pytest.param(URL, (PUBLIC, "192.168.0.1"), id="one of them private"),
        pytest.param(URL, ("169.254.169.254",), id="metadata service"),
        pytest.param(URL, ("fe80::1%eth0",), id="link-local"),
        pytest.param(URL, ("fd00::1",), id="unique local"),
        pytest.param(URL, ("::ffff:10.0.0.1",), id="mapped"),
        pytest.param(URL, ("100.64.0.1",), id="carrier-grade NAT"),
        pytest.param(URL, ("224.0.0.1",), id="multicast"),
        pytest.param(URL, ("0.0.0.0",), id="unspecified"),
    ],
)
def test_nothing_inside_the_network_and_nothing_unencrypted_is_asked(notice, url: str, addresses: tuple[str, ...]) -> None:
    hook = Hook(addresses=addresses)
    with pytest.raises(NotifyError) as refused:
        hook.notifier(url).send(notice())
    assert hook.got == []
    assert type(refused.value) is NotifyError
    assert "hidden-key" not in str(refused.value)


def test_a_listed_host_may_be_private(notice) -> None:
    hook = Hook(addresses=("10.1.2.3",))
    hook.notifier(private=("Hooks.Example",)).send(notice())
    assert hook.got[0][0].address == "10.1.2.3"


def test_a_host_without_an_address_is_asked_again(notice) -> None:
    with pytest.raises(NotifyUnavailable):
        Hook(addresses=()).notifier().send(notice())


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        pytest.param(301, NotifyError, id="redirect"),
        pytest.param(400, NotifyError, id="bad request"),
        pytest.param(410, NotifyError, id="gone"),
        pytest.param(408, NotifyUnavailable, id="timeout of theirs"),
        pytest.param(429, NotifyUnavailable, id="throttled"),
        pytest.param(503, NotifyUnavailable, id="away"),
        pytest.param(urllib3.exceptions.ReadTimeoutError(None, URL, "hidden-key"), NotifyUnavailable, id="silence"),  # type: ignore[arg-type]
        pytest.param(ConnectionResetError("hidden-key"), NotifyUnavailable, id="reset"),
    ],
)
def test_what_becomes_of_each_answer(notice, answer: Any, raised: type[NotifyError]) -> None:
    with pytest.raises(NotifyError) as failed:
        Hook(answer).notifier().send(notice())
    assert type(failed.value) is raised
    assert "hidden-key" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_the_address_is_in_no_repr() -> None:
    assert repr(Hook().notifier()) == "WebhookNotifier(url=<secret>)"


def test_the_documented_vector_is_what_is_sent(notice, repository) -> None:
    """docs/webhook.md shows a whole message: id, timestamp, secret, body and signature."""
    page = (repository / "docs/webhook.md").read_text("utf-8")
    shown = dict(re.findall(r"^(webhook-[a-z]+|secret|body): (.*)$", page, re.MULTILINE))
    signed = headers(shown["webhook-id"], int(shown["webhook-timestamp"]), shown["body"].encode(), secrets_of(shown["secret"]))
    assert signed["webhook-signature"] == shown["webhook-signature"]
    assert json.loads(shown["body"]).keys() == cloud_event(notice()).keys()


PD = """
var out = [];
var PD = {Trigger: "trigger", Resolve: "resolve", inputRequest: {rawBody: RAW}, emitGenericEvents: function (events) { out = events; }};
"""


@pytest.fixture(scope="session")
def webhook_page(repository) -> str:
    return (repository / "docs/webhook.md").read_text("utf-8")


def shown_body(page: str) -> str:
    return re.search(r"^body: (.*)$", page, re.MULTILINE)[1]  # type: ignore[index]


@pytest.mark.parametrize(("kind", "action"), [("gatewatch.alert.notified", "trigger"), ("gatewatch.alert.resolved", "resolve")])
def test_the_pagerduty_recipe_runs_over_the_documented_message(webhook_page: str, kind: str, action: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is missing: the recipe for PagerDuty is not run")
    event = json.loads(shown_body(webhook_page)) | {"type": kind}
    recipe = re.search(r"```javascript\n(.*?)```", webhook_page, re.DOTALL)[1]  # type: ignore[index]
    script = PD.replace("RAW", json.dumps(json.dumps(event))) + recipe + "\nconsole.log(JSON.stringify(out));"
    done = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True, timeout=60)
    [found] = json.loads(done.stdout)
    assert (found["event_type"], found["incident_key"], found["description"]) == (
        action,
        event["data"]["dedup_key"],
        event["data"]["summary"],
    )
    assert found["details"]["events"] == event["data"]["events"]


def test_every_smart_value_of_the_jira_recipe_is_in_the_message(webhook_page: str) -> None:
    event = json.loads(shown_body(webhook_page))
    paths = sorted(set(re.findall(r"{{webhookData\.([a-z_.]+)}}", webhook_page)))
    found = {}
    for path in paths:
        value = event
        for name in path.split("."):
            value = value[name]
        found[path] = value
    assert len(paths) == 5
    assert [path for path, value in found.items() if not isinstance(value, str) or not value] == []
    assert " " not in found["data.dedup_key"]  # it is a label


def test_data_have_a_bound(notice) -> None:
    rows = tuple(structs.replace(notice().alert.snapshot.events[0], id=f"e{number}", reason="\U0001f480" * 300) for number in range(20))
    many = structs.replace(notice(), news=rows)
    assert len(payload.encoded(payload.data(many))) <= payload.DATA_LIMIT_BYTES
