"""What set-up puts on a server for one installation: component and index templates, made from the one field table. Pure.

Every name carries the namespace, also those of the component templates: two installations on one server have their own retention, their
own version and their own ``@custom`` templates.

Shard and replica numbers are the server's business (Serverless refuses them). Mappings never grow by what a document holds:
``dynamic: false``, so a record of an attacker's making cannot add fields, and an update of the mapping by a key that may write a
plain index (a known compatibility rule of Elasticsearch) changes nothing that the store reads.
"""

from typing import Any

from ...documents.fields import mappings
from ...model import SCHEMA_VERSION
from ...providers.field import Kind
from .names import Names

type Body = dict[str, Any]

PRIORITY = 320
"""Above the stack's own ``logs-*-*`` template (100), anything an integration ships (200), and what set-up wrote before namespaces (300)."""

EVIDENCE_RETENTION = "365d"
META: Body = {"managed_by": "gatewatch", "schema_version": SCHEMA_VERSION}

NAMES = ("gatewatch*", "logs-gatewatch*")
"""Patterns of every name that Gatewatch gives, or once gave, to an index, a data stream or a template. A rename adds what it leaves behind."""

AUTHOR: Body = {"set_security_user": {"field": "gatewatch.author", "properties": ["username", "realm", "authentication_type", "api_key"]}}
"""The server writes who sent a document. It adds to what is there: a reader trusts ``api_key`` only beside the authentication type API_KEY."""

_STATE: Body = {"properties": {"state": {"type": "object", "enabled": False}, "state_id": {"type": "keyword"}}}


def _component(template: Body) -> Body:
    return {"template": template, "version": SCHEMA_VERSION, "_meta": META}


def _mapped(kind: Kind) -> Body:
    return _component({"mappings": {**mappings(kind), "date_detection": False, "_meta": META}})


def _plain(properties: Body) -> Body:
    """A mapping that is no part of the field table: nobody searches these documents by what they say."""
    return _component({"mappings": {"dynamic": False, "properties": properties, "date_detection": False, "_meta": META}})


def _settings(*, index_mode: bool, final_pipeline: str = "") -> Body:
    """``standard`` keeps ``_source`` as it was written, where ``logs-*-*`` would get logsdb; one bad field must not refuse a document."""
    mode = {"mode": "standard"} if index_mode else {}
    last = {"final_pipeline": final_pipeline} if final_pipeline else {}
    return _component({"settings": {"index": {**mode, **last, "mapping": {"ignore_malformed": "true"}}}})


def components(
    names: Names, *, index_mode: bool = True, lifecycle: bool = True, author: bool = True, retention: str = EVIDENCE_RETENTION
) -> dict[str, Body]:
    """Component templates by name. A server without a feature gets them without it."""
    found = {
        f"{names.alerts}@mappings": _mapped("alert"),
        f"{names.alerts}@settings": _settings(index_mode=index_mode),
        f"{names.evidence_template}@mappings": _mapped("evidence"),
        f"{names.evidence_template}@settings": _settings(index_mode=index_mode),
        f"{names.response_template}@mappings": _mapped("response"),
        f"{names.response_template}@settings": _settings(index_mode=index_mode, final_pipeline=names.author_pipeline if author else ""),
        f"{names.policy}@mappings": _plain({"gatewatch": _STATE}),
        f"{names.familiarity}@mappings": _plain({"gatewatch": _STATE}),
    }
    if lifecycle:
        found[f"{names.evidence_template}@lifecycle"] = _component({"lifecycle": {"data_retention": retention}})
        found[f"{names.response_template}@lifecycle"] = _component({"lifecycle": {}})  # what people said is kept until somebody deletes it
    return found


def index_templates(names: Names, *, lifecycle: bool = True, optional: bool = True) -> dict[str, Body]:
    """Index templates by name, evidence last: the store writes nothing before evidence, so evidence comes with set-up complete.

    ``optional`` composes the operator's own ``...@custom`` templates where they exist (OpenSearch cannot).
    """
    stream = ("mappings", "settings", "lifecycle") if lifecycle else ("mappings", "settings")

    def template(name: str, pattern: str, parts: tuple[str, ...]) -> Body:
        return _index_template(name, pattern, parts, optional=optional)

    return {
        names.alerts: template(names.alerts, names.alert_months, ("mappings", "settings")) | {"template": {"aliases": {names.alerts: {}}}},
        names.policy: template(names.policy, names.policy, ("mappings",)),
        names.familiarity: template(names.familiarity, names.familiarity, ("mappings",)),
        names.response_template: template(names.response_template, names.responses, stream) | {"data_stream": {}},
        names.evidence_template: template(names.evidence_template, names.evidence, stream) | {"data_stream": {}},
    }


def pipelines(names: Names) -> dict[str, Body]:
    """Ingest pipelines by name. An index that names one as its final pipeline takes no document past it."""
    return {
        names.author_pipeline: {
            "description": "The server writes who sent a response to an alert",
            "processors": [AUTHOR],
            "version": SCHEMA_VERSION,
            "_meta": META,
        }
    }


def _index_template(name: str, pattern: str, parts: tuple[str, ...], *, optional: bool) -> Body:
    composed = [f"{name}@{part}" for part in parts]
    body: Body = {"index_patterns": [pattern], "priority": PRIORITY, "version": SCHEMA_VERSION, "_meta": META}
    if optional:
        return body | {"composed_of": [*composed, f"{name}@custom"], "ignore_missing_component_templates": [f"{name}@custom"]}
    return body | {"composed_of": composed}
