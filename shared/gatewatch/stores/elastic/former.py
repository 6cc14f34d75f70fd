"""Finds what another version of Gatewatch left on a server. It is named, never read and never changed: documents are not migrated."""

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from ...model import SCHEMA_VERSION
from .answers import Json
from .client import Client
from .templates import NAMES, components, index_templates

UNKNOWN_NAME = "this version of Gatewatch uses no such name"
KEEP_OR_DELETE = "it is neither read nor written: keep it as an archive, or delete it"
TEMPLATE_UNUSED = "delete it when nothing is made from it any more"
DELETE_FIRST = "its documents are not read: delete it before this version starts, and replay the records that you still need"
REPLACE = "set up again with --leave-old to replace it"
USE_NEWER = "a newer Gatewatch set this up: use that version"

_EVERY = {"expand_wildcards": "all"}


class Former(Struct, frozen=True, kw_only=True):
    """One thing of another version: what it is, why it is not current, and what an operator can do."""

    what: str  # data stream, index, component template, index template
    name: str
    reason: str
    advice: str
    newer: bool = False  # made by a later version: set-up never writes over it


def former(client: Client) -> list[Former]:
    """Everything of another version, templates first. It only reads names and versions.

    Raises:
        StoreUnavailable: the server is away, or the credential may not read this.
    """
    parts = {part for template in index_templates().values() for part in template["composed_of"]} | set(components())
    return [
        *_templates(client, "component_template", parts),
        *_templates(client, "index_template", index_templates()),
        *_indices(client),
    ]


def _templates(client: Client, kind: str, current: Collection[str]) -> Iterator[Former]:
    what = kind.replace("_", " ")
    for pattern in NAMES:
        found: Json = client.json("GET", f"/_{kind}/{pattern}", accept=(404,)).body
        for entry in sorted(found.get(f"{kind}s", ()), key=lambda entry: str(entry["name"])):
            name = entry["name"]
            if name not in current:
                yield Former(what=what, name=name, reason=UNKNOWN_NAME, advice=TEMPLATE_UNUSED)
            else:
                yield from _of_version(what, name, _version(entry[kind]), REPLACE)


def _indices(client: Client) -> Iterator[Former]:
    """Data streams and indices; what lies behind a data stream speaks under the stream's name."""
    found: Json = client.json("GET", f"/_resolve/index/{','.join(NAMES)}", params=_EVERY).body
    versions = _versions(client)
    for stream in found["data_streams"]:
        backing = stream["backing_indices"]
        yield from _index("data stream", stream["name"], [backing] if isinstance(backing, str) else backing, versions)
    for index in found["indices"]:
        yield from _index("index", index["name"], [index["name"]], versions)


def _index(what: str, name: str, parts: Collection[str], versions: Mapping[str, str]) -> Iterator[Former]:
    patterns = [pattern for template in index_templates().values() for pattern in template["index_patterns"]]
    if not any(fnmatchcase(name, pattern) for pattern in patterns):
        yield Former(what=what, name=name, reason=UNKNOWN_NAME, advice=KEEP_OR_DELETE)
        return
    for version in sorted({versions.get(part, "") for part in parts}):
        yield from _of_version(what, name, version, DELETE_FIRST)


def _of_version(what: str, name: str, version: str, advice: str) -> Iterator[Former]:
    """Without a version it was made by hand: set-up shows the difference and puts it right."""
    if version in {"", str(SCHEMA_VERSION)}:
        return
    newer = version.isdecimal() and int(version) > SCHEMA_VERSION
    reason = f"schema version {version}; this version of Gatewatch has {SCHEMA_VERSION}"
    yield Former(what=what, name=name, reason=reason, advice=USE_NEWER if newer else advice, newer=newer)


def _versions(client: Client) -> dict[str, str]:
    """The schema version in the mapping of each index."""
    params = {**_EVERY, "allow_no_indices": "true", "ignore_unavailable": "true", "filter_path": "*.mappings._meta"}
    found: Json = client.json("GET", f"/{','.join(NAMES)}/_mapping", params=params).body or {}
    return {name: _version(held["mappings"]) for name, held in found.items()}


def _version(described: Json) -> str:
    """The schema version in the metadata of a template or a mapping, as text; empty where there is none."""
    return str((described.get("_meta") or {}).get("schema_version", ""))
