"""The doctors' shared checks over answers of an index and states of a store that a healthy installation never shows."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from gatewatch.doctor.findings import CannotLook
from gatewatch.doctor.index import key_rights, templates
from gatewatch.doctor.policy import policy_and_engine
from gatewatch.documents.fields import mappings
from gatewatch.flow.policy import ENGINE, POLICY
from gatewatch.ports import StateWrite
from gatewatch.providers.engine import Engine, this_engine
from gatewatch.stores.elastic import Authorization, Client, RequestLimits
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.roles import KeyRole
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning.policy import Policy, encode
from tests.elastic_server.faults import ELASTIC, Answer, FaultProxy

NAMES = Names()
HERE = this_engine()


class Index:
    """An index that answers by path; what nobody planned is empty."""

    def __init__(self, *, lacks: tuple[str, ...] = (), holds: tuple[str, ...] = (), templates: int = 200, fields: Any = None) -> None:
        self._lacks, self._holds, self._templates, self._fields = lacks, holds, templates, fields

    def __call__(self, _method: str, path: str, _headers: Mapping[str, str], body: bytes) -> Answer:
        if "_has_privileges" in path:
            return self._said(200, {"index": self._privileges(json.loads(body)["index"])})
        if "_index_template" in path:
            return self._said(self._templates, {})
        if "_field_caps" in path and self._fields is not None:
            return self._said(200, {"indices": ["there"], "fields": self._fields})
        return self._said(404, {"error": {"type": "index_not_found_exception"}})

    def _privileges(self, asked: list[dict[str, Any]]) -> dict[str, dict[str, bool]]:
        never = {"delete", "delete_index", "manage", "all"}
        return {
            name: {one: (one in self._holds) if one in never else one not in self._lacks for one in part["privileges"]}
            for part in asked
            for name in part["names"]
        }

    @staticmethod
    def _said(status: int, body: Any) -> Answer:
        return Answer(status, ELASTIC, json.dumps(body).encode())


def asked(index: Index, check: Any) -> list[str]:
    with FaultProxy(index) as proxy:
        client = Client(endpoint(proxy.url), Authorization.api_key("x"), limits=RequestLimits(budget_seconds=2.0))
        try:
            return [one.id for one in check(client)]
        finally:
            client.close()


def fields(**changes: str) -> dict[str, Any]:
    """What an index with all fields answers, with these types changed."""

    def leaves(properties: dict[str, Any], prefix: str = "") -> dict[str, str]:
        found: dict[str, str] = {}
        for name, held in properties.items():
            found |= (
                leaves(held["properties"], f"{prefix}{name}.") if "properties" in held else {f"{prefix}{name}": held.get("type", "object")}
            )
        return found

    every = leaves(mappings("evidence")["properties"]) | leaves(mappings("alert")["properties"]) | changes
    return {name: {type_: {"type": type_}} for name, type_ in every.items()}


@pytest.mark.parametrize(
    ("index", "said"),
    [
        pytest.param(Index(), [], id="as the role says"),
        pytest.param(Index(lacks=("create_doc",)), ["index-privileges-missing"], id="one is missing"),
        pytest.param(Index(holds=("delete",)), ["index-privileges-too-many"], id="one too many"),
        pytest.param(Index(lacks=("read",), holds=("all",)), ["index-privileges-missing", "index-privileges-too-many"], id="both"),
    ],
)
def test_the_rights_of_a_key_are_compared_with_its_role(index: Index, said: list[str]):
    assert asked(index, lambda client: key_rights(client, NAMES, KeyRole.HOST_AZURE)) == said


@pytest.mark.parametrize(
    ("index", "said"),
    [
        pytest.param(Index(fields=fields()), [], id="of this release"),
        pytest.param(Index(templates=403, fields=fields()), [], id="a key that may not read templates"),
        pytest.param(Index(templates=404, fields=fields()), ["index-template-missing"], id="no template"),
        pytest.param(Index(fields=fields(**{"event.risk_score": "keyword"})), ["index-fields-old"], id="another type"),
        pytest.param(Index(), [], id="no index yet, templates there"),
    ],
)
def test_templates_and_fields_are_compared_with_this_release(index: Index, said: list[str]):
    assert asked(index, lambda client: templates(client, NAMES)) == said


def test_a_new_installation_cannot_be_judged_by_a_key_that_may_not_read_templates():
    with pytest.raises(CannotLook, match="there is no index yet"):
        asked(Index(templates=403), lambda client: templates(client, NAMES))


def engine(number: int) -> bytes:
    return msgspec.json.encode(Engine(number, HERE.digest))


@pytest.mark.parametrize(
    ("policy", "there", "said"),
    [
        pytest.param(None, None, [], id="nothing has run"),
        pytest.param(encode(Policy(version=1)), engine(HERE.number), [], id="this release"),
        pytest.param(b'{"schema": 99}', engine(HERE.number), ["policy-unreadable"], id="a policy of a newer release"),
        pytest.param(encode(Policy(version=1)), engine(HERE.number + 1), ["engine-newer"], id="a newer engine"),
        pytest.param(encode(Policy(version=1)), b'{"x": 1}', ["engine-newer"], id="an engine that cannot be read"),
        pytest.param(encode(Policy(version=1)), engine(HERE.number - 1), ["engine-older"], id="an older engine"),
        pytest.param(encode(Policy(version=1, newer_engines=False)), engine(HERE.number - 1), ["engine-older"], id="a forbidden one"),
    ],
)
def test_policy_and_engine_in_force(policy: bytes | None, there: bytes | None, said: list[str]):
    store = MemoryStore()
    store.write_state([StateWrite(key, body, None) for key, body in ((POLICY, policy), (ENGINE, there)) if body is not None])

    found = list(policy_and_engine(store))

    assert [one.id for one in found] == said
    assert all("--newer-engines allow" in one.fix for one in found if b'"newer_engines":false' in (policy or b""))
