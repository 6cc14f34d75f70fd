"""The form of the field table. Mappings, docs/index.md and tests are made from it, so that each field is defined once."""

from typing import Any, Literal

from msgspec import Struct

type Kind = Literal["evidence", "alert", "response"]
type Type = Literal["keyword", "text", "date", "ip", "geo_point", "long", "float", "boolean", "object"]

# Longest keyword that is indexed, in characters; longer values are only in _source. Lucene's limit is 32,766 bytes a term: 8191 x 4 fits.
IGNORE_ABOVE = 1024
IGNORE_ABOVE_LONG = 8191


class MappedField(Struct, frozen=True, kw_only=True):
    """One field: dotted name, portable Elasticsearch type, meaning, and the schema that defines it (``side``)."""

    name: str
    type: Type
    meaning: str
    side: str  # ECS, Elastic's aws or azure integration, "older spelling", gatewatch
    kinds: tuple[Kind, ...] = ("evidence", "alert")
    long: bool = False  # a keyword that holds long text
    searched: bool = False  # a keyword with a ``.text`` sub-field, as Elastic's integrations map it

    def mapping(self) -> dict[str, Any]:
        """The field's part of an Elasticsearch mapping."""
        if self.type == "object":
            return {"type": "object", "enabled": False}
        if self.type != "keyword":
            return {"type": self.type}
        found: dict[str, Any] = {"type": "keyword", "ignore_above": IGNORE_ABOVE_LONG if self.long else IGNORE_ABOVE}
        return found | {"fields": {"text": {"type": "text"}}} if self.searched else found


def rows(side: str, table: str, kinds: tuple[Kind, ...] = ("evidence", "alert")) -> tuple[MappedField, ...]:
    """Read fields from a text table with one field a line: name, type (with ``+long`` or ``+text``), meaning."""
    return tuple(_row(side, line, kinds) for line in table.strip().splitlines())


def _row(side: str, line: str, kinds: tuple[Kind, ...]) -> MappedField:
    name, kind, meaning = line.split(None, 2)
    base, *extras = kind.split("+")
    return MappedField(
        name=name, type=_TYPES[base], meaning=meaning, side=side, kinds=kinds, long="long" in extras, searched="text" in extras
    )  # fmt: skip


_TYPES: dict[str, Type] = {
    "keyword": "keyword", "text": "text", "date": "date", "ip": "ip", "geo_point": "geo_point",
    "long": "long", "float": "float", "boolean": "boolean", "object": "object",
}  # fmt: skip
