"""Who may change the policy of an installation, on a real server, with the keys that set-up makes."""

from collections.abc import Callable, Iterator

import pytest

from gatewatch.errors import Conflict, StoreUnavailable
from gatewatch.flow.jobs import apply_policy
from gatewatch.flow.pipeline import process
from gatewatch.flow.policy import ENGINE, POLICY
from gatewatch.model import RawRecord, Severity
from gatewatch.ports import AlertQuery, Ports, StateWrite, Written
from gatewatch.stores.elastic import ElasticStore
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.roles import KeyRole
from gatewatch.stores.elastic.setup import apply
from gatewatch.tuning import Tuning
from gatewatch.tuning.policy import Policy
from tests.builders.aws import envelope, user_record
from tests.builders.common import MORNING
from tests.elastic_server.fixtures import Elastic

pytestmark = pytest.mark.elastic

NAMESPACE = Elastic.place("roles")
TIGHT, LOOSE = Policy(tuning=Tuning(notify_from=Severity.LOW)), Policy(tuning=Tuning(notify_from=Severity.CRITICAL))

type Holder = Callable[[KeyRole], Ports]


@pytest.fixture(scope="module")
def holder(elastic_server: Elastic) -> Iterator[Holder]:
    """The ports of somebody with a key of this role."""
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no keys")
    admin = elastic_server.admin()
    apply(admin, Names(NAMESPACE))
    admin.close()
    clients = {role: elastic_server.client(elastic_server.role_key(role, NAMESPACE)) for role in KeyRole}

    def ports(role: KeyRole) -> Ports:
        store = ElasticStore(clients[role], namespace=NAMESPACE)
        channels = ("sns",) if role in {KeyRole.HOST_AWS, KeyRole.HOST_AZURE} else ()
        return Ports(store=store, clock=lambda: MORNING, channels=channels, seeds=bool(channels), worker=role.value)

    yield ports
    for client in clients.values():
        client.close()


def version(ports: Ports) -> int:
    document = ports.store.read_state((), (POLICY,)).documents.get(POLICY)
    assert document is not None
    return int(document.body.partition(b'"version":')[2].partition(b",")[0])


def test_hosts_seed_an_operator_changes_and_nobody_else_does(holder: Holder) -> None:
    host = holder(KeyRole.HOST_AWS)
    process([RawRecord(data=envelope(user_record("alice", "000000000001")), fetched=MORNING)], host)
    assert version(host) == 1
    for role in (KeyRole.HOST_AWS, KeyRole.HOST_AZURE, KeyRole.ANALYST):
        with pytest.raises(StoreUnavailable):
            apply_policy(LOOSE, 1, holder(role))
    assert version(holder(KeyRole.ANALYST)) == 1
    operator = holder(KeyRole.OPERATOR)
    stored, alerts = apply_policy(Policy(tuning=Tuning(privileged_principals=("alice",)), channels=("sns",)), 1, operator)
    assert (stored.version, [alert.policy_version for alert in alerts]) == (2, [2])
    assert version(host) == 2
    with pytest.raises(Conflict, match="version 2, not 1"):
        apply_policy(TIGHT, 1, operator)
    [alert] = host.store.search(AlertQuery())
    assert (alert.score, alert.policy_version) == (55, 2)


@pytest.mark.parametrize(
    ("role", "may"),
    [(KeyRole.HOST_AWS, True), (KeyRole.HOST_AZURE, True), (KeyRole.OPERATOR, True), (KeyRole.ANALYST, False)],
    ids=str,
)
def test_who_moves_the_engine(holder: Holder, role: KeyRole, *, may: bool) -> None:
    ports = holder(role)
    known = ports.store.read_state((), (ENGINE,)).documents[ENGINE]
    write = StateWrite(ENGINE, known.body, known.version)
    if may:
        assert ports.store.write_state([write]) == [Written.DONE]
        return
    with pytest.raises(StoreUnavailable):
        ports.store.write_state([write])
