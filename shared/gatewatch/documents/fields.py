"""The whole field table, and the Elasticsearch mappings made from it."""

from typing import Any

from ..providers.catalogue import PROVIDERS
from ..providers.field import Kind, MappedField
from . import fields_ecs, fields_own
from .fields_response import RESPONSE

FIELDS: tuple[MappedField, ...] = (
    *fields_ecs.COMMON,
    *fields_ecs.ALERT,
    *(field for provider in PROVIDERS for field in provider.document.mapping()),
    *fields_own.SHARED,
    *fields_own.EVIDENCE,
    *fields_own.ALERT,
)
OPAQUE = frozenset(field.name for field in FIELDS if field.type in {"object", "geo_point"})


def of(kind: Kind) -> tuple[MappedField, ...]:
    """The fields of one kind of document."""
    return RESPONSE if kind == "response" else tuple(field for field in FIELDS if kind in field.kinds)


def mappings(kind: Kind) -> dict[str, Any]:
    """The Elasticsearch mapping: ``dynamic: false``, so that no document can grow it."""
    properties: dict[str, Any] = {}
    for field in of(kind):
        *path, leaf = field.name.split(".")
        at = properties
        for part in path:
            at = at.setdefault(part, {"properties": {}})["properties"]
        at[leaf] = field.mapping()
    return {"dynamic": False, "properties": properties}
