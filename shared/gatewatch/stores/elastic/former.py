"""Finds what another version of Gatewatch left on a server. It is named, never read and never changed: documents are not migrated.

What belongs to another installation is its own affair: it is not named.
"""

from collections.abc import Collection, Iterator

from msgspec import Struct

from ...model import SCHEMA_VERSION
from .answers import Json
from .client import Client
from .names import Names, namespace_of
from .templates import NAMES

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


def former(client: Client, names: Names) -> list[Former]:
    """Everything of another version that belongs to this installation or to none, templates first. It only reads names and versions.

    Raises:
        StoreUnavailable: the server is away, or the credential may not read this.
    """
    found = [*_templates(client, "component_template"), *_templates(client, "index_template"), *_indices(client)]
    return [one for what, name, versions, advice in found for one in _judged(names, what, name, versions, advice)]


type _Found = tuple[str, str, Collection[str], str]
"""What it is, its name, the schema versions in it, and what to do when one is another's."""


def _judged(names: Names, what: str, name: str, versions: Collection[str], advice: str) -> Iterator[Former]:
    namespace = namespace_of(what, name)
    if namespace is None:
        yield Former(what=what, name=name, reason=UNKNOWN_NAME, advice=TEMPLATE_UNUSED if "template" in what else KEEP_OR_DELETE)
    elif namespace == names.namespace:
        for version in sorted(versions):
            yield from _of_version(what, name, version, advice)


def _templates(client: Client, kind: str) -> Iterator[_Found]:
    for pattern in NAMES:
        found: Json = client.json("GET", f"/_{kind}/{pattern}", accept=(404,)).body
        for entry in sorted(found.get(f"{kind}s", ()), key=lambda entry: str(entry["name"])):
            yield kind.replace("_", " "), entry["name"], {_version(entry[kind])}, REPLACE


def _indices(client: Client) -> Iterator[_Found]:
    """Data streams and indices; what lies behind a data stream speaks under the stream's name."""
    found: Json = client.json("GET", f"/_resolve/index/{','.join(NAMES)}", params=_EVERY).body
    versions = _versions(client)
    for stream in found["data_streams"]:
        backing = stream["backing_indices"]
        parts = [backing] if isinstance(backing, str) else backing
        yield "data stream", stream["name"], {versions.get(part, "") for part in parts}, DELETE_FIRST
    for index in found["indices"]:
        yield "index", index["name"], {versions.get(index["name"], "")}, DELETE_FIRST


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
