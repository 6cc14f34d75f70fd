"""The Elasticsearch of the installation, read through its API with the key of a host: privileges, templates, fields. Nothing is written."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..documents.fields import mappings
from ..errors import StoreError, StoreUnavailable
from ..model import Severity
from ..providers.field import Kind
from ..stores.elastic.client import Client
from ..stores.elastic.names import Names
from ..stores.elastic.roles import KeyRole, privileges
from ..stores.elastic.templates import index_templates
from .findings import CannotLook, Diagnosis

_NEVER = ("delete", "delete_index", "manage", "all")
"""What no key of a host may do anywhere: it could take evidence or alerts away."""
_SHOWN = 5
"""How many names a sentence lists before it only counts them."""


def reachable(client: Client, role: KeyRole) -> Iterator[Diagnosis]:
    """Whether the index answers and takes the key."""
    try:
        client.json("GET", "/_security/_authenticate", accept=(400, 404, 405))
    except StoreUnavailable as error:
        refused = " 401 " in f" {error} "
        yield Diagnosis(
            id="index-key-refused" if refused else "index-away",
            severity=Severity.CRITICAL,
            problem=f"{client.endpoint.url}: {error}. Nothing is stored; findings at or above urgent_from are sent as not stored.",
            fix=f"Make a key, and put it where ELASTIC_API_KEY comes from:\ngatewatch elastic setup --new-key NAME --role {role}"
            if refused
            else "Open the address from here (curl -sv URL), then check ELASTIC_URL, the network of the host and the cluster's health.",
        )


def key_rights(client: Client, names: Names, role: KeyRole) -> Iterator[Diagnosis]:
    """What the key lacks of its role, and what it holds that no host needs."""
    wanted = privileges(names, role)
    held = _held(client, [{**part, "privileges": [*part["privileges"], *_NEVER]} for part in wanted])
    missing = [
        f"{one} on {place}" for part in wanted for place in part["names"] for one in part["privileges"] if not held.get((one, place))
    ]
    if missing:
        yield Diagnosis(
            id="index-privileges-missing",
            severity=Severity.CRITICAL,
            problem=f"The key of the index lacks {_some(missing)}.",
            fix="As somebody who may make keys (ELASTIC_USERNAME, ELASTIC_PASSWORD), make a new one and store it as the secret:\n"
            f"gatewatch elastic setup --new-key NAME --role {role}",
        )
    too_many = [f"{privilege} on {place}" for privilege, place in held if privilege in _NEVER and held[privilege, place]]
    if too_many:
        yield Diagnosis(
            id="index-privileges-too-many",
            severity=Severity.MEDIUM,
            problem=f"The key of the index may do what no host needs: {_some(too_many)}. Whoever takes the key over can remove evidence.",
            fix=f"Replace it by a key of its role:\ngatewatch elastic setup --new-key NAME --role {role}",
        )


def templates(client: Client, names: Names) -> Iterator[Diagnosis]:
    """Whether the templates are there and the indices have the fields of this release.

    The key of a host may not read templates; then the fields of the indices answer alone. Raises ``CannotLook`` where there is no index yet.
    """
    readable, absent = _absent_templates(client, names)
    if absent:
        yield _stale("index-template-missing", f"The index has no template {_some(absent)}: fields get wrong types.")
    found = dict(_fields(client, names))
    lacking = sorted(f"{kind} {name}" for kind, fields in found.items() for name in fields)
    if lacking:
        yield _stale(
            "index-fields-old", f"Indices of this installation lack fields of this release, or have other types: {_some(lacking)}."
        )
    if not found and not readable:
        raise CannotLook(
            "there is no index yet, and this key may not read templates",
            "gatewatch elastic setup --dry-run   (with the rights of infra/elastic/setup_role.json)",
        )


def _stale(finding: str, problem: str) -> Diagnosis:
    return Diagnosis(
        id=finding,
        severity=Severity.HIGH,
        problem=problem,
        fix="See what differs, then bring it:\ngatewatch elastic setup --dry-run --verbose\ngatewatch elastic setup",
    )


def _absent_templates(client: Client, names: Names) -> tuple[bool, list[str]]:
    """Whether templates may be read, and those that are not there."""
    absent: list[str] = []
    for name in index_templates(names, lifecycle=False, optional=False):
        status = client.json("GET", f"/_index_template/{name}", accept=(401, 403, 404)).status
        if status in {401, 403}:
            return False, []
        if status == 404:
            absent.append(name)
    return True, absent


def _fields(client: Client, names: Names) -> Iterator[tuple[Kind, list[str]]]:
    """By kind of document that has an index: the fields that are missing or of another type."""
    kinds: tuple[tuple[Kind, str], ...] = (("evidence", names.evidence), ("alert", names.alert_months))
    for kind, place in kinds:
        wanted = dict(_types(mappings(kind)["properties"]))
        answer = client.json(
            "POST",
            f"/{place}/_field_caps",
            None,
            params={"fields": "*", "ignore_unavailable": "true", "allow_no_indices": "true"},
            accept=(404,),
        )
        if answer.status == 404 or not answer.body.get("indices"):
            continue
        there = {name: set(types) - {"unmapped"} for name, types in answer.body["fields"].items()}
        yield kind, [name for name, type_ in wanted.items() if there.get(name, set()) != {type_}]


def _types(properties: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Leaves that a search sees, by dotted name, with their type."""
    for name, held in properties.items():
        if "properties" in held and held.get("enabled") is not False:
            yield from _types(held["properties"], f"{prefix}{name}.")
        elif held.get("type") not in {None, "object", "alias", "nested", "constant_keyword"}:
            yield f"{prefix}{name}", held["type"]


def _held(client: Client, wanted: list[dict[str, Any]]) -> dict[tuple[str, str], bool]:
    """By privilege and index, whether the key holds it."""
    try:
        body = client.json("POST", "/_security/user/_has_privileges", {"index": wanted}).body
    except StoreUnavailable:
        raise
    except StoreError as error:
        raise CannotLook(f"the server does not say what a key may do: {error}") from error
    return {(privilege, place): has for place, rights in body["index"].items() for privilege, has in rights.items()}


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
