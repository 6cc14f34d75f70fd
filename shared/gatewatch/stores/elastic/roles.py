"""Who may do what in one installation: the keys and roles that set-up makes. Pure.

Privileges hold an index, never a document, so what different people write lies in different indices: the policy beside the
familiarity, the responses beside the evidence (docs/adr/0011-namespaces-and-roles.md).
"""

from enum import StrEnum

from .names import Names
from .templates import META, NAMES, Body

_READ = ["read"]
_APPEND = ["read", "create_doc", "auto_configure"]
_WRITE = ["read", "create_doc", "index", "auto_configure"]


class KeyRole(StrEnum):
    """What a key is for."""

    HOST_AWS = "host-aws"
    HOST_AZURE = "host-azure"
    ANALYST = "analyst"
    OPERATOR = "operator"


def privileges(names: Names, role: KeyRole) -> list[Body]:
    """What a role may do with the indices of an installation; nothing else on the server, and no cluster privilege at all.

    A host appends evidence, writes alerts, familiarity, the engine in force and open jobs, and reads the policy and the responses. It may
    create a policy where there is none, from its settings, and can never change one.
    An analyst reads, and creates responses. An operator writes the policy, and what a recomputation under it changes.
    """
    held = {
        KeyRole.ANALYST: {"alerts": _READ, "evidence": _READ, "responses": _APPEND, "policy": _READ, "familiarity": _READ},
        KeyRole.OPERATOR: {"alerts": _WRITE, "evidence": _READ, "responses": _READ, "policy": _WRITE, "familiarity": _WRITE},
    }.get(role, {"alerts": _WRITE, "evidence": _APPEND, "responses": _READ, "policy": _APPEND, "familiarity": _WRITE})
    places = {
        "alerts": [names.alerts, names.alert_months],
        "evidence": [names.evidence],
        "responses": [names.responses],
        "policy": [names.policy],
        "familiarity": [names.familiarity],
    }
    return [{"names": places[room], "privileges": list(rights)} for room, rights in held.items()]


def api_key(names: Names, role: KeyRole, name: str = "") -> Body:
    """The API key of a role."""
    descriptor = {"cluster": [], "indices": privileges(names, role)}
    metadata = {**META, "namespace": names.namespace, "role": role.value}
    return {
        "name": name or f"gatewatch-{names.namespace}-{role}",
        "role_descriptors": {f"gatewatch-{role}": descriptor},
        "metadata": metadata,
    }


def setup_role(names: Names) -> Body:
    """The role of who runs set-up and prune. A key is bounded by the rights of its maker, so it holds every role's rights as well.

    It sees the names (not the documents) of what earlier versions left.
    """
    rights: dict[tuple[str, ...], list[str]] = {}
    for role in KeyRole:
        for part in privileges(names, role):
            held = rights.setdefault(tuple(part["names"]), [])
            held += [one for one in part["privileges"] if one not in held]
    indices: list[Body] = [{"names": list(places), "privileges": [*held, "manage"]} for places, held in rights.items()]
    indices.append({"names": list(NAMES), "privileges": ["view_index_metadata"]})
    return {"cluster": ["manage_index_templates", "manage_ingest_pipelines", "manage_own_api_key"], "indices": indices, "metadata": META}
