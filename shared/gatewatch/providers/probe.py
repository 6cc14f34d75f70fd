"""The contract of a probe: what decides about a record, read from its bytes before anything else is decoded.

Most records of a log teach familiarity at most, and equal ones teach alike. A probe names the few properties that decide whether a record is
kept and what it teaches, and takes them from the bytes **as they are written**; it interprets only the time and the id. Two records with
the same question (``Question.key``) get the same answer, so the first of them goes the slow way and answers for the others.

A probe says nothing (None, the slow way) for everything that is odd: a property that it does not know, a property in another spelling or of
another type, a time or an id that is not in the vendor's own form.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from ..model import Event
from ..reading.fields import fold_key

ABSENT = Raw(b"")
"""What stands for the bytes of a property that is absent."""

_PLAIN_ID = re.compile(r"[0-9A-Za-z-]{1,128}")
_OWN_TEXT = re.compile(r"[0-9A-Za-z-]{1,64}")
_WRITTEN_ID = re.compile(rb'"([0-9A-Za-z-]{1,64})"')
OWN_VALUE = b"="
"""What stands in the rest of a record for a value of its own: no JSON begins like that."""


class Twins(Struct, frozen=True):
    """How records may be read as one: two records with the same rest differ in their own values only."""

    name: bytes
    apart: Callable[
        [Any], tuple[bytes, tuple[Any, ...]]
    ]  # takes ``Question.record``; all that any reader asks for, as written, but for its own values; these
    renewed: Callable[[Event, "Question", tuple[Any, ...]], Event]  # the event of a twin with the values of this record


class Question(Struct, frozen=True, gc=False):
    """What decides about one record. ``vendor_id`` and ``time`` (UTC) are its own."""

    key: bytes  # every deciding and teaching value; empty: it is never left out
    time: datetime
    vendor_id: str
    record: Any = None  # what ``Twins.apart`` takes: the instance of the layout at least
    twins: Twins | None = None


type Parsed = tuple[Question, list[tuple[str, object]], tuple[Any, ...]]
"""The question of a parsed record, every property by which it may differ from a twin, and its own values."""

type Answer = Question | None
"""What decides about a record; None: only the slow way can tell."""


class Probe(Struct, frozen=True, kw_only=True):
    """One hot form of a vendor's records."""

    name: str
    layout: Callable[
        [Iterable[str], bool], type[Struct]
    ]  # the type of the record, with further properties that are passed over; strict or not
    ask: Callable[[Any], Answer]  # takes an instance of the layout
    path: str = "$"  # where the record's own properties lie in it, as msgspec's errors say it
    parsed: Callable[[Mapping[str, Any]], "Parsed | None"] | None = None  # the same for a record that is parsed already
    leaves: bool = True  # whether any record of this form is left out
    matters: frozenset[str]  # folded names of properties that the slow way reads: none of them, in no spelling, may ever be passed over

    def may_pass(self, name: str) -> bool:
        """Whether a property that the layout does not know may be passed over, because no reader of this form asks for it."""
        return len(name) <= _NAME_LIMIT and fold_key(name) not in self.matters


_NAME_LIMIT = 64


def extended(layout: type[Struct], names: Iterable[str], strict: bool) -> type[Struct]:  # noqa: FBT001 - as Probe.layout
    """The layout in which the values of these further properties are passed over. A strict one takes no record with any other."""
    known = set(layout.__struct_encode_fields__)
    further = [(f"passed_{number}", Raw, msgspec.field(default=ABSENT, name=name)) for number, name in enumerate(sorted({*names} - known))]
    return msgspec.defstruct(layout.__name__, further, bases=(layout,), forbid_unknown_fields=strict, kw_only=True, gc=False)


def arranged(layout: type[Struct], example: Raw | bytes) -> type[Struct]:
    """The same layout with its properties in the order of this record: a decoder looks for the next property behind the last one first."""
    written = _OBJECT.decode(example)
    fields = {field.encode_name: field for field in msgspec.structs.fields(layout)}
    known = [fields[name] for name in written if name in fields]
    met = {field.name for field in known}
    ordered = [*known, *(field for field in fields.values() if field.name not in met)]
    return msgspec.defstruct(
        layout.__name__,
        [_arranged(field, written.get(field.encode_name)) for field in ordered],
        forbid_unknown_fields=layout.__struct_config__.forbid_unknown_fields,
        kw_only=True,
        gc=False,
    )


_OBJECT = msgspec.json.Decoder(dict[str, Raw])


def _arranged(field: msgspec.structs.FieldInfo, written: Raw | None) -> tuple[str, Any, Any]:
    inner, name = field.type, field.encode_name
    if written is not None and isinstance(inner, type) and issubclass(inner, Struct):
        inner = arranged(inner, written)
    return field.name, inner, msgspec.field(name=name) if field.required else msgspec.field(default=field.default, name=name)


def folded(*names: str) -> frozenset[str]:
    """These names in the form in which ``Probe.matters`` holds them."""
    return frozenset(map(fold_key, names))


def plain_id(written: str) -> bool:
    """Whether an id is of letters, digits and hyphens only, so that every reader takes it as it is."""
    return _PLAIN_ID.fullmatch(written) is not None


def own_id(written: Raw) -> str | None:
    """The id in these bytes, if every reader takes it as it is."""
    match = _WRITTEN_ID.fullmatch(written)
    return match[1].decode() if match is not None else None


def own_text(value: object) -> str | None:
    """The same for a value that is parsed."""
    return value if type(value) is str and _OWN_TEXT.fullmatch(value) is not None else None


def key_of(values: tuple[object, ...]) -> bytes:
    """The key of these values (bytes as written, plain values) in their order. Values that JSON tells apart have different keys."""
    return _ENCODER.encode(values)


_ENCODER = msgspec.json.Encoder()
