"""The form that saved objects share."""

from collections.abc import Iterable, Mapping

import msgspec

from ..answers import Json

CORE = "8.8.0"
TYPES = {"index-pattern": "8.0.0", "search": "10.5.0", "dashboard": "8.9.0"}
"""The migration that each kind of object is written for, as exports of Kibana 8.19 name it; later versions of Kibana migrate from there."""

SOURCE = "kibanaSavedObjectMeta.searchSourceJSON.index"


def saved(kind: str, name: str, attributes: Mapping[str, object], references: Iterable[Json] = ()) -> Json:
    """One saved object of a kind in ``TYPES``."""
    return {
        "id": name,
        "type": kind,
        "attributes": dict(attributes),
        "references": list(references),
        "coreMigrationVersion": CORE,
        "typeMigrationVersion": TYPES[kind],
        "managed": False,
    }


def reference(kind: str, target: str, name: str) -> Json:
    """A reference to another saved object, by the name that the object uses for it."""
    return {"type": kind, "id": target, "name": name}


def text(value: object) -> str:
    """A part that Kibana keeps as JSON in a string."""
    return msgspec.json.encode(value).decode()


def kuery(query: str = "") -> Json:
    """A query in Kibana's query language."""
    return {"query": query, "language": "kuery"}
