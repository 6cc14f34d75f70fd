"""Forms of raw records of which a query may leave some out: what an engine in front of Gatewatch needs from a provider.

A query leaves a record out only if it surely has one of these forms, every property that decides is spelled as the vendor spells it, and
neither the form's ``keep`` nor its ``teach`` holds. Records of any other form pass.
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from ..reading.fields import fold_key
from ..tuning import Tuning
from .condition import AnyOf, Condition, Path, holds, is_even, leaves, text_at


class Table(Struct, frozen=True, kw_only=True):
    """Tables of one query language that hold records of a form, a column for a property."""

    language: str
    names: tuple[str, ...]
    columns: Mapping[Path, tuple[str, ...]]  # the columns that hold the value at a path, or parts of it; a path without columns is absent
    whole: tuple[str, ...] = ()  # further tables that pass whole
    id: str = ""  # the column of the record's id, where versions or other records name it
    names_id: str = ""  # the column of the tables in ``whole`` that names the id of another record


class RecordForm(Struct, frozen=True, kw_only=True):
    """One form of raw records."""

    name: str
    objects: tuple[Path, ...]  # a record of this form has an object at each of these paths
    texts: tuple[Path, ...]  # and a text as the vendor writes it at each of these
    absent: tuple[str, ...] = ()  # properties that no record of this form has, at any depth and however they are spelled
    vacant: tuple[Path, ...] = ()  # where no record of this form has a value
    kind: Condition | None = (
        None  # what else such a record fulfils. An uneven value counts as fulfilling it: name the path in texts as well
    )
    keep: Callable[[Tuning], Condition]  # at least what ``Provider.keep`` keeps
    teach: Condition  # at least what teaches familiarity or asks it
    id: Path | None = None  # the id by which versions and other records name it
    named_by: tuple[str, ...] = ()  # the properties in which they do
    tables: tuple[Table, ...] = ()


CONTAINERS: tuple[str, ...] = ("Records", "records", "value", "Events", "hits", "_source", "body", "Message", "CloudTrailEvent", "Sns")
"""Properties under which ``reading.envelopes`` finds records. A record that has one passes."""


def passes(form: RecordForm, tuning: Tuning, *, familiarity: bool = True) -> Condition:
    """What lets a record of this form pass."""
    kept = form.keep(tuning)
    return AnyOf((kept, form.teach)) if familiarity else kept


def spelled(form: RecordForm, condition: Condition) -> frozenset[str]:
    """Every property name that decides about a record of this form."""
    paths = [leaf.path for leaf in leaves(condition)] + [leaf.path for leaf in leaves(form.kind or AnyOf(()))]
    paths += [*form.objects, *form.texts, *((form.id,) if form.id else ())]
    return frozenset(name for path in paths for name in path)


def vacant(form: RecordForm) -> tuple[Path, ...]:
    """Where a record of this form has no value: a record that has one may be a container."""
    return (*((name,) for name in CONTAINERS), *form.vacant)


def objects_of(form: RecordForm, condition: Condition) -> frozenset[str]:
    """The properties that must be objects, or null: those that a deciding property lies in."""
    paths = [*(leaf.path for leaf in leaves(condition)), *form.objects, *form.texts, *((form.id,) if form.id else ())]
    return frozenset(name for path in paths for name in path[:-1]) | frozenset(path[-1] for path in form.objects)


def leaves_out(form: RecordForm, record: Mapping[str, object], tuning: Tuning, *, familiarity: bool = True) -> bool:
    """Whether a query for this form leaves this record out, other records apart: the reference for every language."""
    condition = passes(form, tuning, familiarity=familiarity)
    if not _has_form(form, record, condition):
        return False
    return not holds(condition, record)


def _has_form(form: RecordForm, record: Mapping[str, object], condition: Condition) -> bool:
    names = spelled(form, condition)
    folded = {fold_key(name) for name in (*names, *form.absent)}
    inner = objects_of(form, condition)
    if any(text_at(record, path) is not None for path in vacant(form)):
        return False
    for name, value in _properties(record):
        if name not in names and fold_key(name) in folded:
            return False
        if name in inner and not (value is None or isinstance(value, dict)):
            return False
    if not all(_object_at(record, path) for path in form.objects):
        return False
    texts = [text_at(record, path) for path in form.texts]
    return all(text and is_even(text) for text in texts) and (form.kind is None or holds(form.kind, record))


def _object_at(record: Mapping[str, object], path: Path) -> bool:
    text = text_at(record, path)
    return text is not None and text.startswith("{")


def _properties(value: object) -> Iterator[tuple[str, object]]:
    """Every property at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _properties(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _properties(inner)
