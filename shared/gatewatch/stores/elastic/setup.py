"""``gatewatch elastic setup``: brings a server to what the templates say, again and again with the same result, and says what differs."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from ...documents.fields import mappings
from ...errors import StoreError
from ...model import SCHEMA_VERSION
from ...providers.field import Kind
from .answers import Json
from .client import Client
from .names import Names
from .templates import AUTHOR, EVIDENCE_RETENTION, META, Body, components, index_templates, pipelines

_ADDED_BY_SERVER = ("created_date", "modified_date", "template.lifecycle.enabled")
_ANY = {"allow_no_indices": "true", "ignore_unavailable": "true", "expand_wildcards": "all"}


class Features(Struct, frozen=True, kw_only=True):
    """What this server understands; asked by simulating a template, which stores nothing."""

    index_mode: bool  # index.mode: Elasticsearch, not OpenSearch
    lifecycle: bool  # data stream lifecycle: 8.14 and newer, Serverless
    optional: bool  # ignore_missing_component_templates: Elasticsearch, not OpenSearch
    author: bool  # set_security_user: Elasticsearch with security, not OpenSearch

    def lacking(self) -> list[str]:
        """In words, for people."""
        answer = {
            "index.mode (the stored documents keep the server's default mode)": self.index_mode,
            "data stream lifecycle (evidence is kept until you delete it)": self.lifecycle,
            "optional component templates (your own @custom templates are not composed)": self.optional,
            "the author of a document (who responds to an alert is unverified)": self.author,
        }
        return [what for what, there in answer.items() if not there]


class Change(Struct, frozen=True, kw_only=True):
    """One thing on the server: what would be, or was, done to it. ``lines`` is the difference, one field a line."""

    what: str
    name: str
    action: str  # create, update, same, refused
    lines: tuple[str, ...] = ()


def features(client: Client) -> Features:
    """Which features the server has; raises ``StoreUnavailable`` and ``StoreError``."""
    return Features(
        index_mode=_understands(client, {"template": {"settings": {"index": {"mode": "standard"}}}}),
        lifecycle=_understands(client, {"data_stream": {}, "template": {"lifecycle": {"data_retention": "1d"}}}),
        optional=_understands(
            client, {"composed_of": ["gatewatch-absent@custom"], "ignore_missing_component_templates": ["gatewatch-absent@custom"]}
        ),
        author=_writes_author(client),
    )


def _writes_author(client: Client) -> bool:
    body = {"pipeline": {"processors": [AUTHOR]}, "docs": [{"_source": {}}]}
    answer = client.json("POST", "/_ingest/pipeline/_simulate", body, accept=(400, 500))
    return answer.status == 200 and "error" not in answer.body["docs"][0]


def _understands(client: Client, template: Body) -> bool:
    body = {"index_patterns": ["gatewatch-simulated-*"], "priority": 9_999, **template}
    return client.json("POST", "/_index_template/_simulate", body, accept=(400,)).status == 200


def apply(client: Client, names: Names, *, dry_run: bool = False, retention: str = EVIDENCE_RETENTION) -> list[Change]:
    """For one installation: pipeline and templates first, then the mappings of indices that exist already.

    Safe to repeat; a dry run changes nothing.

    Raises:
        StoreUnavailable: the server is away, or the credential may not do this.
        StoreError: the server refused a template.
    """
    has = features(client)
    parts = components(names, index_mode=has.index_mode, lifecycle=has.lifecycle, author=has.author, retention=retention)
    wanted = [
        *(("component template", "_component_template", *one) for one in parts.items()),
        *(
            ("index template", "_index_template", *one)
            for one in index_templates(names, lifecycle=has.lifecycle, optional=has.optional).items()
        ),
    ]
    changes = [_pipeline(client, *one, dry_run=dry_run) for one in pipelines(names).items()] if has.author else []
    changes += [_template(client, what, path, name, body, dry_run=dry_run) for what, path, name, body in wanted]
    return changes + list(_existing(client, names, dry_run=dry_run))


def _pipeline(client: Client, name: str, body: Body, *, dry_run: bool) -> Change:
    answer = client.json("GET", f"/_ingest/pipeline/{name}", accept=(404,))
    return _brought(client, ("ingest pipeline", f"/_ingest/pipeline/{name}", name), (answer.body or {}).get(name), body, dry_run=dry_run)


def _template(client: Client, what: str, path: str, name: str, body: Body, *, dry_run: bool) -> Change:
    answer = client.json("GET", f"/{path}/{name}", accept=(404,))
    kind = path.removeprefix("_")
    there = None if answer.status == 404 else answer.body[f"{kind}s"][0][kind]
    return _brought(client, (what, f"/{path}/{name}", name), there, body, dry_run=dry_run)


def _brought(client: Client, of: tuple[str, str, str], there: Body | None, body: Body, *, dry_run: bool) -> Change:
    """Write it where it differs; ``of`` is what it is, its path and its name."""
    what, path, name = of
    lines = difference(there or {}, body)
    action = "create" if there is None else "update" if lines else "same"
    if action != "same" and not dry_run:
        client.json("PUT", path, body)
    return Change(what=what, name=name, action=action, lines=lines if there is not None else ())


def _existing(client: Client, names: Names, *, dry_run: bool) -> Iterator[Change]:
    """A template applies to future indices; new fields are added to present ones, unless they have another schema version."""
    kinds: tuple[tuple[str, Kind], ...] = ((names.alert_months, "alert"), (names.responses, "response"), (names.evidence, "evidence"))
    for pattern, kind in kinds:
        wanted: Body = {**mappings(kind), "_meta": META}
        wanted["properties"].pop("@timestamp")  # there for sure, and a data stream refuses to hear of it again
        found: Json = client.json("GET", f"/{pattern}/_mapping", params=_ANY, accept=(404,)).body
        for index, held in () if "error" in found else sorted(found.items()):
            if (held["mappings"].get("_meta") or {}).get("schema_version") not in {None, SCHEMA_VERSION}:
                continue  # former.py names it
            lines = tuple(line for line in difference(held["mappings"], wanted) if not line.startswith("-"))
            if lines:
                yield _remap(client, index, wanted, lines, dry_run=dry_run)


def _remap(client: Client, index: str, wanted: Body, lines: tuple[str, ...], *, dry_run: bool) -> Change:
    try:
        if not dry_run:
            client.json("PUT", f"/{index}/_mapping", wanted)
    except StoreError as error:
        answer = f"{error}: the type of a field changed; it counts from the next month or rollover on"
        return Change(what="mapping", name=index, action="refused", lines=(answer, *lines))
    return Change(what="mapping", name=index, action="update", lines=lines)


def difference(there: Mapping[str, object], wanted: Mapping[str, object]) -> tuple[str, ...]:
    """Field by field: ``+`` to add, ``~`` to change, ``-`` there but not ours. What servers add by themselves is left out."""
    old, new = dict(_flat(there)), dict(_flat(wanted))
    filled = tuple(f"{name}." for name, value in new.items() if value == "{}" and name not in old)  # the server wrote its defaults into it
    old = {name: value for name, value in old.items() if not name.startswith(filled)} | {
        name[:-1]: "{}" for name in filled if _under(old, name)
    }
    added = [f"+ {name} = {new[name]}" for name in new if name not in old]
    changed = [f"~ {name}: {old[name]} -> {new[name]}" for name in new if name in old and old[name] != new[name]]
    alien = [f"- {name} = {old[name]}" for name in old if name not in new and not name.startswith(_ADDED_BY_SERVER)]
    return tuple(sorted(added) + sorted(changed) + sorted(alien))


def _under(leaves: Mapping[str, str], prefix: str) -> bool:
    return any(name.startswith(prefix) for name in leaves)


def _flat(body: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Leaves by dotted name, as text: servers give ``false`` back as ``"false"``."""
    for name, value in body.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value if isinstance(value, str) else msgspec.json.encode(value).decode()
