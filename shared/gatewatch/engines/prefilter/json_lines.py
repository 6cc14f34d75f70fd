"""Queries over records as JSON, one in a text column: DuckDB and Spark SQL.

A record is left out only if it surely has a form, so the text itself is asked first: a deciding property that is spelled otherwise, or
whose name has an escape or a letter that folding changes, or that holds JSON text where an object belongs, lets the record pass.
"""

import re
from collections.abc import Callable, Sequence
from itertools import chain

from msgspec import Struct

from ...providers.condition import FOLDED_TO_ASCII, Path, leaves
from ...providers.record_form import RecordForm, objects_of, passes, spelled, vacant
from ...reading.fields import fold_key
from ...tuning import Tuning
from .languages import DUCKDB, SPARK
from .syntax import Conditions, Syntax, pattern

_COLON = "[^!-~]*:"  # after a name, whatever blanks JSON allows
_ESCAPED_NAME = rf'\x{{5c}}u[0-9a-fA-F]{{4}}[^"]*"{_COLON}'
_FOLDING_NAME = f'{FOLDED_TO_ASCII}[^"]*"{_COLON}'


class Source(Struct, frozen=True):
    """The table with the records, and its column with their text."""

    table: str = "records"
    column: str = "record"


class JsonEngine(Struct, frozen=True, kw_only=True):
    """What differs between the engines that read JSON in a text column."""

    syntax: Syntax
    values: Callable[[str, Sequence[Path]], tuple[str, dict[Path, str]]]  # what is parsed once, and the expression of each value
    is_object: str  # {0} is the JSON text of an object
    removed: str  # {0} without the matches of {1}
    all_groups: str  # one row for the second group of each match of {1} in {0}


def query(engine: JsonEngine, forms: Sequence[RecordForm], tuning: Tuning, source: Source, *, familiarity: bool) -> str:
    """The records of the source without those that a form leaves out. A record that a kept one names, or another version of it, passes."""
    s = engine.syntax
    column, table = s.name(source.column), s.name(source.table)
    paths = sorted(set(chain.from_iterable(_paths(form, tuning) for form in forms)))
    parsed, values = engine.values(column, paths)
    branches = [_left_out(engine, form, tuning, column, values, familiarity=familiarity) for form in forms]
    left_out = "CASE" + "".join(f"\n    {branch}" for branch in branches) + f" ELSE {s.false} END"
    ids = [values[form.id] for form in forms if form.id is not None]
    lines = [
        f"WITH parsed AS (SELECT {column}, {parsed} AS parsed FROM {table}),",  # noqa: S608 - names and texts are quoted above
        f"sorted AS (SELECT {column}, lower(trim(coalesce({', '.join([*ids, 'NULL'])}))) AS id,",
        f"    {left_out} AS left_out FROM parsed)",
        f"SELECT {column} FROM sorted WHERE NOT left_out",  # noqa: S608 - the same
    ]
    named_by = sorted({fold_key(name) for form in forms for name in form.named_by})
    if named_by:
        groups = engine.all_groups.format(column, s.quote(pattern(_named(named_by))))
        found = f"SELECT {groups} AS found FROM sorted WHERE NOT left_out"  # noqa: S608 - the same
        lines.append(f"    OR id IN (SELECT lower(trim(found)) FROM ({found}))")  # noqa: S608 - the same
    return "\n".join(lines)


def _left_out(engine: JsonEngine, form: RecordForm, tuning: Tuning, column: str, values: dict[Path, str], *, familiarity: bool) -> str:
    """The branch of a CASE for one form: first what is cheap and tells forms apart, then what reads the whole text."""
    conditions = Conditions(engine.syntax, lambda path: (values[path],))
    s = engine.syntax
    has_form = [
        *(f"{values[path]} IS NULL" for path in vacant(form)),
        *(f"{s.known.format(values[path])} AND {engine.is_object.format(values[path])}" for path in form.objects),
        *(conditions.even(values[path]) for path in form.texts),
        *([conditions.of(form.kind)] if form.kind is not None else []),
    ]
    passing = [*_awkward(engine, form, tuning, column, conditions), conditions.of(passes(form, tuning, familiarity=familiarity))]
    return f"WHEN {conditions.all_of(has_form)} THEN {s.negated.format(conditions.any_of(passing))}"


def _awkward(engine: JsonEngine, form: RecordForm, tuning: Tuning, column: str, conditions: Conditions) -> list[str]:
    """What in the text says that only Gatewatch can read this record."""
    condition = passes(form, tuning)
    names, inner = spelled(form, condition), objects_of(form, condition)
    exact = f'"({_either(map(_escaped, sorted(names)))})"{_COLON}'
    spellings = _either(_any_spelling(name) for name in sorted({fold_key(name) for name in (*names, *form.absent)}))
    rest = engine.removed.format(column, engine.syntax.quote(pattern(exact)))
    return [
        conditions.matches(rest, f'(?i)"({spellings})"{_COLON}'),
        conditions.all_of([engine.syntax.has.format(column, engine.syntax.quote("\\u")), conditions.matches(column, _ESCAPED_NAME)]),
        conditions.all_of([conditions.matches(column, FOLDED_TO_ASCII), conditions.matches(column, _FOLDING_NAME)]),
        conditions.matches(column, f'"({_either(map(_escaped, sorted(inner)))})"{_COLON}[^!-~]*[!-mo-z|-~]'),
    ]


def _paths(form: RecordForm, tuning: Tuning) -> list[Path]:
    asked = [leaf.path for leaf in leaves(passes(form, tuning))]
    asked += [leaf.path for leaf in leaves(form.kind)] if form.kind is not None else []
    return [*asked, *form.objects, *form.texts, *([form.id] if form.id else ()), *vacant(form)]


def _named(names: Sequence[str]) -> str:
    return f'(?i)"({_either(map(_any_spelling, names))})"{_COLON}[^!-~]*"([^"]*)"'


def _either(parts: object) -> str:
    return "|".join(parts)  # type: ignore[arg-type]


def _escaped(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", lambda found: f"[{found.group()}]", name)


def _any_spelling(folded: str) -> str:
    """A name in any case, with underscores anywhere."""
    return "_*" + "_*".join(_escaped(character) for character in folded) + "_*"


def _in_duckdb(column: str, paths: Sequence[Path]) -> tuple[str, dict[Path, str]]:
    listed = ", ".join(DUCKDB.quote("$" + "".join(f'."{name}"' for name in path)) for path in paths)
    parsed = f"json_extract_string(CASE WHEN json_valid({column}) THEN {column} END, [{listed}])"
    return parsed, {path: f"parsed[{place}]" for place, path in enumerate(paths, 1)}


def _in_spark(column: str, paths: Sequence[Path]) -> tuple[str, dict[Path, str]]:
    listed = ", ".join(f"get_json_object({column}, {SPARK.quote('$' + ''.join(f"['{name}']" for name in path))})" for path in paths)
    return f"array({listed})", {path: f"parsed[{place}]" for place, path in enumerate(paths)}


ENGINES = {
    "duckdb": JsonEngine(
        syntax=DUCKDB,
        values=_in_duckdb,
        is_object="starts_with({0}, '{{')",
        removed="regexp_replace({0}, {1}, '', 'g')",
        all_groups="unnest(regexp_extract_all({0}, {1}, 2))",
    ),
    "spark": JsonEngine(
        syntax=SPARK,
        values=_in_spark,
        is_object="startswith({0}, '{{')",
        removed="regexp_replace({0}, {1}, '')",
        all_groups="explode(regexp_extract_all({0}, {1}, 2))",
    ),
}
