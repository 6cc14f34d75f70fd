"""What set-up puts on a server: component and index templates, made from the one field table. Pure.

Shard and replica numbers are the server's business (Serverless refuses them). Mappings never grow by what a document holds:
``dynamic: false``, so a record of an attacker's making cannot add fields, and an update of the mapping by a key that may write a
plain index (a known compatibility rule of Elasticsearch) changes nothing that the store reads.
"""

from collections.abc import Sequence
from typing import Any

from ...documents.fields import mappings
from ...model import SCHEMA_VERSION
from ...providers.field import Kind

type Body = dict[str, Any]

PRIORITY = 300
"""Above the stack's own ``logs-*-*`` template (100) and anything an integration ships (200)."""

EVIDENCE_RETENTION = "365d"
META: Body = {"managed_by": "gatewatch", "schema_version": SCHEMA_VERSION}

EVIDENCE_TEMPLATE = "gatewatch-evidence"
ALERTS_TEMPLATE = "gatewatch-alerts"
RESPONSE_TEMPLATE = "gatewatch-response"
EVIDENCE_PATTERN = "logs-gatewatch.signin-*"
RESPONSE_PATTERN = "logs-gatewatch.response-*"
ALERTS_ALIAS = "gatewatch-alerts"
ALERTS_PATTERN = "gatewatch-alerts-*"
STATE_TEMPLATE = "gatewatch-state"
STATE_PATTERNS = ("gatewatch-policy-*", "gatewatch-familiarity-*")

NAMES = ("gatewatch*", "logs-gatewatch*")
"""Patterns of every name that Gatewatch gives, or once gave, to an index, a data stream or a template. A rename adds what it leaves behind."""


_STATE: Body = {
    "dynamic": False,
    "properties": {"gatewatch": {"properties": {"state_id": {"type": "keyword"}, "state": {"type": "object", "enabled": False}}}},
}
"""A small document: its id can be searched, its body is stored as it is."""


def _component(template: Body) -> Body:
    return {"template": template, "version": SCHEMA_VERSION, "_meta": META}


def _mapped(kind: Kind) -> Body:
    return _component({"mappings": {**mappings(kind), "date_detection": False, "_meta": META}})


def _settings(*, index_mode: bool) -> Body:
    """``standard`` keeps ``_source`` as it was written, where ``logs-*-*`` would get logsdb; one bad field must not refuse a document."""
    mode = {"mode": "standard"} if index_mode else {}
    return _component({"settings": {"index": {**mode, "mapping": {"ignore_malformed": "true"}}}})


def components(*, index_mode: bool = True, lifecycle: bool = True, retention: str = EVIDENCE_RETENTION) -> dict[str, Body]:
    """Component templates by name. A server without a feature gets them without it."""
    found = {
        f"{ALERTS_TEMPLATE}@mappings": _mapped("alert"),
        f"{ALERTS_TEMPLATE}@settings": _settings(index_mode=index_mode),
        f"{STATE_TEMPLATE}@mappings": _component({"mappings": _STATE}),
        f"{RESPONSE_TEMPLATE}@mappings": _mapped("response"),
        f"{RESPONSE_TEMPLATE}@settings": _settings(index_mode=index_mode),
        f"{EVIDENCE_TEMPLATE}@mappings": _mapped("evidence"),
        f"{EVIDENCE_TEMPLATE}@settings": _settings(index_mode=index_mode),
    }
    if lifecycle:
        for template in (RESPONSE_TEMPLATE, EVIDENCE_TEMPLATE):
            found[f"{template}@lifecycle"] = _component({"lifecycle": {"data_retention": retention}})
    return found


def index_templates(*, lifecycle: bool = True, optional: bool = True) -> dict[str, Body]:
    """Index templates by name, alerts first: the store writes no alert before evidence, so evidence comes with set-up complete.

    ``optional`` composes the operator's own ``...@custom`` templates where they exist (OpenSearch cannot).
    """
    parts = ("mappings", "settings", "lifecycle") if lifecycle else ("mappings", "settings")
    return {
        ALERTS_TEMPLATE: _index_template(ALERTS_TEMPLATE, (ALERTS_PATTERN,), ("mappings", "settings"), optional=optional)
        | {"template": {"aliases": {ALERTS_ALIAS: {}}}},
        STATE_TEMPLATE: _index_template(STATE_TEMPLATE, STATE_PATTERNS, ("mappings",), optional=optional),
        RESPONSE_TEMPLATE: _index_template(RESPONSE_TEMPLATE, (RESPONSE_PATTERN,), parts, optional=optional) | {"data_stream": {}},
        EVIDENCE_TEMPLATE: _index_template(EVIDENCE_TEMPLATE, (EVIDENCE_PATTERN,), parts, optional=optional) | {"data_stream": {}},
    }


def _index_template(name: str, patterns: Sequence[str], parts: tuple[str, ...], *, optional: bool) -> Body:
    composed = [f"{name}@{part}" for part in parts]
    body: Body = {"index_patterns": list(patterns), "priority": PRIORITY, "version": SCHEMA_VERSION, "_meta": META}
    if optional:
        return body | {"composed_of": [*composed, f"{name}@custom"], "ignore_missing_component_templates": [f"{name}@custom"]}
    return body | {"composed_of": composed}


def function_key(name: str = "gatewatch-function") -> Body:
    """The API key of the functions: append evidence, write alerts, read both and the responses; no cluster privilege at all."""
    indices = [
        {"names": list(STATE_PATTERNS), "privileges": ["read", "create_doc", "index", "auto_configure"]},
        {"names": [ALERTS_ALIAS, ALERTS_PATTERN], "privileges": ["read", "create_doc", "index", "auto_configure"]},
        {"names": [EVIDENCE_PATTERN], "privileges": ["read", "create_doc", "auto_configure"]},
        {"names": [RESPONSE_PATTERN], "privileges": ["read"]},
    ]
    return {"name": name, "role_descriptors": {"gatewatch": {"cluster": [], "indices": indices}}, "metadata": META}


def analyst_key(name: str = "gatewatch-analyst") -> Body:
    """The API key of a responder: read everything, create responses; it can neither write evidence nor an alert."""
    indices = [
        {"names": [ALERTS_ALIAS, ALERTS_PATTERN, EVIDENCE_PATTERN], "privileges": ["read"]},
        {"names": [RESPONSE_PATTERN], "privileges": ["read", "create_doc", "auto_configure"]},
    ]
    return {"name": name, "role_descriptors": {"analyst": {"cluster": [], "indices": indices}}, "metadata": META}


def setup_role() -> Body:
    """The role of who runs set-up and prune. A key is bounded by the rights of its maker, so it holds the functions' and an analyst's rights as well.

    It sees the names (not the documents) of what earlier versions left.
    """
    made = [*function_key()["role_descriptors"]["gatewatch"]["indices"], *analyst_key()["role_descriptors"]["analyst"]["indices"]]
    indices = [{**part, "privileges": [*part["privileges"], "manage"]} for part in made]
    indices.append({"names": list(NAMES), "privileges": ["view_index_metadata"]})
    return {"cluster": ["manage_index_templates", "manage_own_api_key"], "indices": indices, "metadata": META}
