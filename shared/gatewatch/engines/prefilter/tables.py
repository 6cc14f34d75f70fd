"""Queries over tables that have a column for a property: CloudTrail's in Athena, those of Log Analytics in Kusto."""

from collections.abc import Callable, Sequence

from ...providers.condition import Path
from ...providers.record_form import RecordForm, Table, passes
from ...tuning import Tuning
from .languages import ATHENA, KUSTO
from .syntax import Conditions


def in_athena(form: RecordForm, table: Table, tuning: Tuning, names: Sequence[str], *, familiarity: bool) -> str:
    """The rows of an Athena table that may matter."""
    conditions = Conditions(ATHENA, _columns(table, lambda column: column))
    condition = conditions.of(passes(form, tuning, familiarity=familiarity))
    undecided = [ATHENA.negated.format(conditions.even(column)) for path in form.texts for column in table.columns.get(path, ())]
    where = conditions.any_of([*undecided, condition])
    return "\nUNION ALL\n".join(f"SELECT * FROM {ATHENA.name(name)}\nWHERE {where}" for name in names or table.names)  # noqa: S608 - quoted


def in_kusto(form: RecordForm, table: Table, tuning: Tuning, names: Sequence[str], *, familiarity: bool) -> str:
    """The rows of Log Analytics tables that may matter, those that a kept row names, and the tables that pass whole."""
    conditions = Conditions(KUSTO, _columns(table, _kusto_value))
    condition = conditions.of(passes(form, tuning, familiarity=familiarity))
    undecided = [
        KUSTO.negated.format(conditions.even(_kusto_value(column))) for path in form.texts for column in table.columns.get(path, ())
    ]
    condition = conditions.any_of([*undecided, condition])
    of_records = _union(names or table.names)
    if not table.id:
        return f"{of_records}\n| where {condition}"
    identity = f"tolower({_kusto_value(table.id)})"
    kept = "candidates | where gatewatch_passes"
    detections = f"whole | project gatewatch_id = tolower({_kusto_value(table.names_id)})"
    lines = [
        f"let candidates = {of_records} | extend gatewatch_id = {identity}, gatewatch_passes = {condition};",
        f"let whole = {_union(table.whole)};",
        f"let named = union ({kept} | project gatewatch_id), ({detections}) | where isnotempty(gatewatch_id) | distinct gatewatch_id;",
        "let others = candidates | where not(gatewatch_passes) | join kind=leftsemi named on gatewatch_id;",
        f"union ({kept}), others, whole",
        "| project-away gatewatch_id, gatewatch_passes",
    ]
    return "\n".join(lines)


def _union(names: Sequence[str]) -> str:
    return f"union isfuzzy=true {', '.join(KUSTO.name(name) if not name.isidentifier() else name for name in names)}"


def _kusto_value(column: str) -> str:
    """A column as text; empty where a table has no such column. A path goes into a dynamic column."""
    name, *inner = column.split(".")
    value = f'tostring(column_ifexists({KUSTO.quote(name)}, ""))'
    return f"tostring(parse_json({value}){''.join(f'.{part}' for part in inner)})" if inner else value


def _columns(table: Table, value: Callable[[str], str]) -> Callable[[Path], Sequence[str]]:
    return lambda path: tuple(value(column) for column in table.columns.get(path, ()))
