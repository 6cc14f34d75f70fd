"""Checks of the doctor that one installation cannot show: other identities, other answers of Graph, of the storage account and of the index."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from msgspec import structs

from azure_function import settings
from azure_function.doctor import identity, reading, standing
from azure_function.doctor.checks import CHECKS, OF_THE_INSTALLATION, examine_tenants
from azure_function.doctor.directory import GraphDirectory, TokenRefused
from azure_function.doctor.world import AzureWorld, Reply
from gatewatch import __version__
from gatewatch.doctor.channels import channels
from gatewatch.doctor.examine import examine
from gatewatch.doctor.findings import CannotLook
from gatewatch.doctor.index import reachable
from gatewatch.polling.cursor import Cursor, Rescan
from gatewatch.settings import Configuration
from gatewatch.stores.elastic import Authorization, Client, RequestLimits
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.elastic.roles import KeyRole
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from scripts.local_cloud.fake_cloud import faults
from scripts.local_cloud.fake_cloud.server import FakeCloud
from tests.elastic_server.faults import ELASTIC, Answer, FaultProxy

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ENVIRONMENT = {"TENANT_ID": "tenant-1", "GATEWATCH_STORE": "memory:", "STATE_CONNECTION": "x", "AZURE_CLIENT_ID": "the-app"}
GRANTED = "servicePrincipals(appId='the-app')/appRoleAssignments"
GRAPH = f"servicePrincipals(appId='{identity.GRAPH_APPLICATION}')"


def reply(status: int = 200, code: str = "", **body: Any) -> Reply:
    return Reply(status=status, headers={"date": "Sat, 14 Mar 2026 12:00:00 GMT"}, body=body, code=code, came=NOW)


class Graph:
    """Answers by path; what nobody planned is 404."""

    def __init__(self, claims: Mapping[str, Any] | Exception, **answers: Reply) -> None:
        self._claims, self._answers = claims, answers
        self.replies: list[Reply] = []

    def claims(self) -> Mapping[str, Any]:
        if isinstance(self._claims, Exception):
            raise self._claims
        return self._claims

    def ask(self, path: str, parameters: Mapping[str, str] | None = None, *, api: str | None = None) -> Reply:
        self.replies.append(self._answers.get(path, reply(404)))
        return self.replies[-1]


class State:
    def __init__(self, *cursors: Cursor) -> None:
        self._cursors = cursors

    def cursors(self) -> list[Cursor]:
        return list(self._cursors)

    def dead_letters(self) -> int:
        return 0


def world(graph: Graph | None = None, state: State | None = None, **environment: str) -> AzureWorld:
    found = settings.load(ENVIRONMENT | environment)
    return AzureWorld(
        settings=found,
        configuration=Configuration(found.values),
        tuning=Tuning(),
        clock=lambda: NOW,
        directory=graph or Graph({}),
        state=state or State(),
        store=MemoryStore(),
        index=None,
        connect=lambda _host, _port, _tls: "",
    )


OTHER = "9a8b7c6d-2222-4333-8444-555566667777"


def test_each_tenant_of_a_function_app_is_looked_at_and_what_they_share_once():
    several = {"GRAPH_CLIENT_ID": "the-app", "GRAPH_CLIENT_SECRET": "x", "FURTHER_TENANTS": OTHER}
    refused = Graph(TokenRefused("AADSTS700016"))
    first, further = world(Graph({"roles": [*BOTH]}), **several), world(refused, **several | {"TENANT_ID": OTHER})

    found = examine_tenants([first, further])

    assert [(one.id, one.subject) for one in found.findings if one.id == "token-refused"] == [("token-refused", OTHER)]
    assert {one.subject.partition(" ")[0] for one in found.findings if one.id == "cursor-missing"} == {"tenant-1", OTHER}
    assert {check for check in found.checks if found.checks.count(check) == 1} == OF_THE_INSTALLATION
    assert [one.subject for one in found.not_looked if one.check == "template"] == [""]
    assert "credential" not in {one.check for one in found.not_looked if one.subject == "tenant-1"}  # the application lives in another
    assert all(one.because == "token-refused" for one in found.not_looked if one.subject == OTHER and one.check == "permissions")


def ids(ask: Callable[[AzureWorld], Iterator[Any]], here: AzureWorld) -> list[tuple[str, str]]:
    return [(one.id, one.subject) for one in ask(here)]


def roles(*names: str) -> dict[str, Reply]:
    known = [*identity.ROLES.values(), "User.ReadWrite.All"]
    return {
        GRANTED: reply(value=[{"appRoleId": name, "principalId": "p"} for name in names]),
        GRAPH: reply(appRoles=[{"id": name, "value": name} for name in known]),
    }


BOTH = ("AuditLog.Read.All", "IdentityRiskEvent.Read.All")


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        pytest.param(BOTH, [], id="what the streams need"),
        pytest.param(BOTH[:1], [("permission-missing", BOTH[1])], id="one is missing"),
        pytest.param((*BOTH, "User.ReadWrite.All"), [("permission-too-much", "User.ReadWrite.All")], id="one too many"),
    ],
)
def test_a_person_looks_at_the_permissions_of_the_identity_that_polls(granted: tuple[str, ...], said: list[tuple[str, str]]):
    person = Graph({"scp": "Directory.Read.All"}, **roles(*granted))

    assert ids(identity.permissions, world(person)) == said


@pytest.mark.parametrize(
    ("graph", "settings_", "reason"),
    [
        pytest.param(Graph({"scp": "x"}), {"AZURE_CLIENT_ID": ""}, "do not say which identity polls", id="no identity is named"),
        pytest.param(Graph({"scp": "x"}, **{GRANTED: reply(403)}), {}, "to this identity (403)", id="a person who may not look"),
        pytest.param(Graph({"scp": "x"}), {}, "Graph answers 404", id="an identity that is not there"),
    ],
)
def test_who_may_not_see_the_permissions_is_told_what_helps(graph: Graph, settings_: dict[str, str], reason: str):
    with pytest.raises(CannotLook) as raised:
        list(identity.permissions(world(graph, **settings_)))

    assert reason in raised.value.reason


@pytest.mark.parametrize(
    ("code", "finding"),
    [("AADSTS7000222", "credential-expired"), ("AADSTS700016", "token-refused")],
)
def test_a_refused_token_explains_what_else_could_not_be_looked_at(code: str, finding: str):
    found = examine("azure", CHECKS, world(Graph(TokenRefused(code))))

    assert finding in {one.id for one in found.findings}
    unexplained = {one.check for one in found.not_looked if not one.because}
    assert unexplained == {"template"}
    assert found.state == "findings"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(reply(value=[{"riskLevelDuringSignIn": "hidden"}, {"riskLevelDuringSignIn": "none"}]), [], id="some are shown"),
        pytest.param(reply(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"), [("licence-missing", "")], id="no licence"),
    ],
)
def test_the_licence_is_seen_in_the_answers(answer: Reply, said: list[tuple[str, str]]):
    assert ids(reading.licence, world(Graph({}, **{"auditLogs/signIns": answer}))) == said


def test_a_tenant_without_sign_ins_tells_nothing_of_its_licence():
    with pytest.raises(CannotLook, match="Graph shows no sign-in"):
        list(reading.licence(world(Graph({}, **{"auditLogs/signIns": reply(value=[])}))))


def test_v1_0_as_a_choice_names_the_rules_that_it_blinds():
    (found,) = reading.version(world(GRAPH_API="v1.0"))

    assert (found.id, "entra_device_code_signin" in found.problem) == ("rules-blind", True)


def test_a_clock_cannot_be_compared_without_an_answer():
    with pytest.raises(CannotLook, match="no time"):
        list(reading.clocks(world()))


@pytest.mark.parametrize(
    ("there", "said"),
    [(__version__, []), ("0.0.9", [("template-older", "")]), ("99.0", [("template-newer", "")])],
)
def test_the_template_of_another_release_is_named(there: str, said: list[tuple[str, str]]):
    assert ids(standing.template, world(TEMPLATE_VERSION=there)) == said


def _cursor(**changes: Any) -> Cursor:
    return structs.replace(Cursor(stream="sign_ins", watermark=NOW - timedelta(minutes=4)), **changes)


@pytest.mark.parametrize(
    ("cursor", "said"),
    [
        pytest.param(_cursor(), [], id="lately"),
        pytest.param(_cursor(watermark=NOW - timedelta(hours=2)), ["cursor-old"], id="two hours ago"),
        pytest.param(_cursor(watermark=None), ["cursor-missing"], id="never"),
        pytest.param(_cursor(unfinished=3), ["stream-unfinished"], id="never to the end"),
        pytest.param(
            _cursor(rescan=Rescan(until=NOW, started=NOW, at=NOW - timedelta(hours=12))), ["stream-unfinished"], id="late second reading"
        ),
    ],
)
def test_a_cursor_tells_how_far_a_stream_is(cursor: Cursor, said: list[str]):
    here = world(state=State(cursor), STREAMS="sign_ins")

    assert [one.id for one in standing.cursors(here) if one.subject == "sign_ins"] == said


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        pytest.param({}, [("no-channel", "")], id="none"),
        pytest.param({"TEAMS_WEBHOOK_URL": "https://contoso.webhook.office.com/x"}, [("webhook-retired", "teams")], id="a connector"),
        pytest.param({"TEAMS_WEBHOOK_URL": "@Microsoft.KeyVault(x)"}, [("channel-broken", "teams")], id="an unresolved reference"),
        pytest.param({"SLACK_WEBHOOK_URL": "https://hooks.slack.example/secret"}, [("webhook-unreachable", "slack")], id="nobody there"),
        pytest.param({"NOTIFY_CHANNELS": "sns"}, [], id="those of the other cloud"),
    ],
)
def test_channels_are_looked_at_without_a_message(environment: dict[str, str], said: list[tuple[str, str]]):
    found = list(channels(world(**environment).configuration, {}, lambda _host, _port, _tls: "ConnectionRefusedError"))

    assert [(one.id, one.subject) for one in found] == said
    assert not [one for one in found if "/secret" in one.problem]


@pytest.mark.parametrize(("status", "finding"), [(401, "index-key-refused"), (503, "index-away")])
def test_an_index_that_does_not_take_us_is_named(status: int, finding: str):
    def answer(_method: str, _path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        return Answer(status, ELASTIC, b'{"error": {"type": "security_exception"}}')

    with FaultProxy(answer) as proxy:
        client = Client(endpoint(proxy.url), Authorization.api_key("x"), limits=RequestLimits(budget_seconds=0.2))
        assert [one.id for one in reachable(client, KeyRole.HOST_AZURE)] == [finding]
        client.close()


class Credential:
    def __init__(self, answer: str | Exception) -> None:
        self._answer = answer

    def get_token(self, *_scopes: str) -> AccessToken:
        if isinstance(self._answer, Exception):
            raise self._answer
        return AccessToken(self._answer, 0)


def directory(base: str, answer: str | Exception, pauses: list[float]) -> GraphDirectory:
    graph = settings.GraphSettings(tenant_id="tenant-1", base_url=base)
    return GraphDirectory(graph, Credential(answer), lambda: NOW, pauses.append)


def test_a_throttled_question_is_asked_again_after_the_pause_and_both_answers_count():
    pauses: list[float] = []
    with FakeCloud() as cloud:
        cloud.graph.tokens["t"] = ["AuditLog.Read.All"]
        cloud.graph.fail("signIns", faults.status(429, "7"))
        asked = directory(cloud.url, "t", pauses)

        answers = [asked.ask("auditLogs/signIns", {"$top": "1"}).status for _ in range(2)]
        asked.close()

    assert (answers, pauses) == ([200, 200], [7.0])
    assert [one.status for one in asked.replies] == [429, 200]
    (found,) = reading.pace(structs.replace(world(), directory=asked))
    assert "Retry-After 7 s" in found.problem


def test_a_pause_that_is_too_long_is_not_waited_for():
    pauses: list[float] = []
    with FakeCloud() as cloud:
        cloud.graph.tokens["t"] = ["AuditLog.Read.All"]
        cloud.graph.outage("signIns", faults.status(429, "600"))
        asked = directory(cloud.url, "t", pauses)
        assert asked.ask("auditLogs/signIns").status == 429
        asked.close()

    assert pauses == []


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        pytest.param(ClientAuthenticationError("no CLI"), CannotLook, "nobody is signed in", id="nobody"),
        pytest.param(ClientAuthenticationError("AADSTS7000215: Invalid secret s3cret"), TokenRefused, "AADSTS7000215", id="refused"),
        pytest.param(ServiceRequestError("away"), CannotLook, "Entra does not answer", id="away"),
    ],
)
def test_no_token_says_why_and_shows_no_secret(error: Exception, kind: type[Exception], said: str):
    with pytest.raises(kind, match=said) as raised:
        directory("https://graph.example", error, []).claims()

    assert "s3cret" not in str(raised.value)


def test_claims_are_read_from_the_token_and_nonsense_is_none():
    body = base64.urlsafe_b64encode(json.dumps({"roles": ["a"]}).encode()).decode().rstrip("=")

    assert directory("https://graph.example", f"h.{body}.s", []).claims() == {"roles": ["a"]}
    assert directory("https://graph.example", "opaque", []).claims() == {}
    assert directory("https://graph.example", "a.!!.c", []).claims() == {}


def test_graph_that_is_away_cannot_be_looked_at():
    with pytest.raises(CannotLook, match="Graph does not answer"):
        directory("http://127.0.0.1:1", "t", []).ask("auditLogs/signIns")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(reply(passwordCredentials=[{"endDateTime": "2027-01-01T00:00:00Z"}]), [], id="lasting"),
        pytest.param(
            reply(passwordCredentials=[{"endDateTime": "2026-03-20T00:00:00Z"}], keyCredentials=[{"endDateTime": "no time"}, {}]),
            [("credential-expiring", "poller")],
            id="six days",
        ),
        pytest.param(reply(), [], id="none listed"),
    ],
)
def test_the_end_of_the_last_credential_counts(answer: Reply, said: list[tuple[str, str]]):
    graph = Graph({}, **{"applications(appId='poller')": answer})
    here = world(graph, GRAPH_CLIENT_ID="poller", GRAPH_CLIENT_SECRET="s")

    assert ids(identity.credential, here) == said


def test_applications_of_aws_that_no_list_names_are_found():
    graph = Graph({}, servicePrincipals=reply(value=[{"appId": "a", "displayName": "AWS"}, {"appId": "B", "displayName": "x"}]))
    here = structs.replace(world(graph), tuning=Tuning(aws_app_ids=("b",)))

    assert (
        ids(reading.aws_applications, here) == [("aws-application-unlisted", "a")] * 2
    )  # both gallery templates give the same answer here


class Refusing(Graph):
    """Graph refuses every filter that holds a text."""

    def __init__(self, text: str) -> None:
        super().__init__({})
        self._text = text

    def ask(self, path: str, parameters: Mapping[str, str] | None = None, *, api: str | None = None) -> Reply:
        return reply(400, "BadRequest") if self._text in (parameters or {}).get("$filter", "") else reply(value=[])


@pytest.mark.parametrize(
    ("text", "stream", "severity"),
    [
        ("createdDateTime", "sign_ins", "critical"),
        ("riskState", "risky_sign_ins", "medium"),
        ("lastUpdatedDateTime", "risk_detections", "medium"),
    ],
)
def test_a_refused_filter_weighs_what_is_not_read_by_it(text: str, stream: str, severity: str):
    found = {one.subject: one.severity.value for one in reading.filters(world(Refusing(text)))}

    assert found[stream] == severity


def test_streams_without_an_answer_are_said():
    with pytest.raises(CannotLook, match=r"sign_ins \(404\)"):
        list(reading.filters(world()))


def test_a_beta_without_its_fields_and_a_beta_that_is_refused():
    v1_record = {"id": "1", "riskState": "none"}
    bare, beta = reply(value=[v1_record]), reply(value=[{**v1_record, "authenticationProtocol": "none"}])

    found = [[one.id for one in reading.version(world(Graph({}, **({"auditLogs/signIns": a} if a else {}))))] for a in (bare, beta, None)]

    assert found == [["beta-fields-missing"], [], ["beta-refused"]]


@pytest.mark.parametrize(("minutes", "said"), [(2, []), (20 * 60, [("lease-stuck", "sign_ins")])])
def test_a_lease_may_last_as_long_as_a_run(minutes: int, said: list[tuple[str, str]]):
    assert ids(standing.leases, world(state=State(_cursor(locked_until=NOW + timedelta(minutes=minutes))))) == said
