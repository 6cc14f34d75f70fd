"""Two installations on one server, the name of one the beginning of the other's: neither sees, notifies or pays for the other."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from gatewatch.flow.pipeline import process, sweep
from gatewatch.model import RawRecord
from gatewatch.ports import AlertQuery, Notice, Ports
from gatewatch.stores.elastic import Client, ElasticStore
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.prune import prune
from gatewatch.stores.elastic.roles import KeyRole
from gatewatch.stores.elastic.setup import apply
from tests.builders.aws import envelope, user_record
from tests.builders.common import MORNING
from tests.elastic_server.fixtures import RUN, Elastic

pytestmark = pytest.mark.elastic

NOON = MORNING + timedelta(hours=3)
COUNTED = ("indexing.index_total", "search.query_total", "get.total", "docs.count")


class Inbox:
    """A channel of one installation: the same name in both."""

    name = "sns"

    def __init__(self) -> None:
        self.read: list[str] = []

    def send(self, notice: Notice) -> None:
        self.read.append(notice.alert.id)


class Installation(NamedTuple):
    """One installation: its names, what its host wires, its channel's inbox and the client of its own key."""

    names: Names
    ports: Ports
    inbox: Inbox
    client: Client

    def takes(self, *users: str) -> None:
        """Console logins without MFA of these people, one batch."""
        records = [RawRecord(data=envelope(user_record(user, f"{n:012d}")), fetched=NOON) for n, user in enumerate(users)]
        process(records, self.ports)


@pytest.fixture(scope="module", params=[("twin", "twin_eu"), ("duox", "duo")], ids=["prefix first", "prefix second"])
def pair(request: pytest.FixtureRequest, elastic_server: Elastic) -> Iterator[tuple[Installation, Installation]]:
    """Both set up, each with a host's key of its own."""
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no keys")
    made = [installation(elastic_server, f"r{RUN}_{name}") for name in request.param]
    yield made[0], made[1]
    for one in made:
        one.client.close()


def installation(server: Elastic, namespace: str) -> Installation:
    names = Names(namespace)
    admin = server.admin()
    apply(admin, names)
    admin.close()
    client = server.client(server.role_key(KeyRole.HOST_AWS, namespace))
    inbox = Inbox()
    ports = Ports(
        store=ElasticStore(client, namespace=namespace), clock=lambda: NOON, channels=("sns",), notifiers={"sns": inbox}, worker=namespace
    )
    return Installation(names, ports, inbox, client)


@pytest.fixture
def spent(elastic_server: Elastic) -> Callable[[Names], dict[str, int]]:
    """Documents, searches, reads and writes of every index of an installation, by index and figure."""

    def figures(names: Names) -> dict[str, int]:
        places = f"{names.evidence},{names.responses},{names.alert_months},{names.policy},{names.familiarity}"
        params = "?ignore_unavailable=true&expand_wildcards=all"
        answer: dict[str, Any] = elastic_server.server.admin("GET", f"/{places}/_stats/indexing,search,get,docs{params}")
        return {
            f"{index} {figure}": held["primaries"][figure.split(".")[0]][figure.split(".")[1]]
            for index, held in answer["indices"].items()
            for figure in COUNTED
        }

    return figures


def test_neither_sees_notifies_or_pays_for_the_other(pair: tuple[Installation, Installation], spent: Any) -> None:
    one, other = pair
    one.takes("alice", "bob")
    before = spent(one.names)
    other.takes("alice")
    sweep(other.ports)
    everything = AlertQuery()
    assert spent(one.names) == before != {}
    assert (len(one.inbox.read), len(other.inbox.read)) == (2, 1)
    assert len(other.ports.store.search(everything)) == 1
    assert len(one.ports.store.search(everything)) == 2
    assert len(other.ports.store.evidence_of(["aws|000000000001"])) == 0
    assert (len(one.ports.store.days()), len(other.ports.store.days())) == (1, 1)


def test_what_one_owes_the_others_sweep_does_not_notify(pair: tuple[Installation, Installation]) -> None:
    one, other = pair
    silent = one._replace(ports=Ports(store=one.ports.store, clock=one.ports.clock, channels=("sns",)))
    silent.takes("carol")
    read = len(one.inbox.read), len(other.inbox.read)
    sweep(other.ports)
    assert (len(one.ports.store.pending(10)), other.ports.store.pending(10)) == (1, [])
    assert (len(one.inbox.read), len(other.inbox.read)) == read
    sweep(one.ports)
    assert (len(one.inbox.read), len(other.inbox.read)) == (read[0] + 1, read[1])


@pytest.mark.parametrize("place", ["evidence", "responses", "alerts", "policy", "familiarity"])
def test_the_key_of_one_reads_nothing_of_the_other(pair: tuple[Installation, Installation], place: str) -> None:
    one, other = pair
    answers = [
        mine.client.json("POST", f"/{getattr(theirs.names, place)}/_search", {}, accept=(403,)).status
        for mine, theirs in ((one, other), (other, one))
    ]
    assert answers == [403, 403]


def test_set_up_and_prune_of_one_leave_the_other_as_it_is(pair: tuple[Installation, Installation], elastic_server: Elastic) -> None:
    one, other = pair
    admin = elastic_server.admin()
    for names in (one.names, other.names):
        admin.json("PUT", f"/{names.alert_month('2019-01-01')}")
    apply(admin, one.names, retention="30d")
    gone = prune(admin, one.names, keep=1, today=NOON.date())
    kept = admin.json("GET", f"/{other.names.alert_months}/_mapping").body
    held = admin.json("GET", f"/_component_template/{other.names.evidence_template}@lifecycle").body["component_templates"][0]
    unchanged = {change.action for change in apply(admin, other.names, dry_run=True)}
    admin.close()
    assert gone == [one.names.alert_month("2019-01-01")]
    assert other.names.alert_month("2019-01-01") in kept
    assert held["component_template"]["template"]["lifecycle"]["data_retention"] == "365d"
    assert unchanged == {"same"}
