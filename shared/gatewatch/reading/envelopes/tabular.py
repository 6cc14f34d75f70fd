"""Query answers whose rows are lists of cells: each row becomes one object by the names of the columns."""

import json
from collections.abc import Iterable, Sequence

from .envelope import Object, Opened, Unpacking


def rows(columns: object, cells: object, *names: str) -> list[object] | None:
    """Objects from a list of columns and a list of rows. A column is a name, or an object that has its name under one of ``names``.

    A row that has more cells than there are columns stays a list, so that it is refused and not cut.
    """
    if not isinstance(columns, list) or not isinstance(cells, list):
        return None
    titles = [_title(column, names) for column in columns]
    if None in titles:
        return None
    return [_row([str(title) for title in titles], row) for row in cells]


def _title(column: object, names: Iterable[str]) -> str | None:
    if isinstance(column, dict):
        column = next((column[name] for name in names if name in column), None)
    return column if isinstance(column, str) else None


def _row(titles: Sequence[str], row: object) -> object:
    if not isinstance(row, list) or len(row) > len(titles):
        return row
    return dict(zip(titles, row, strict=False))


def tables(data: Object, _unpacking: Unpacking) -> Opened:
    """Log Analytics (``tables``) and Azure Data Explorer (``Tables``): every table of the answer."""
    named = data.get("tables", data.get("Tables"))
    if not isinstance(named, list):
        return None
    return [row for table in named if isinstance(table, dict) for row in frame(table, _unpacking) or ()]


def frame(table: Object, _unpacking: Unpacking) -> Opened:
    """One table: ``columns`` and ``rows``, or ``Columns`` and ``Rows``."""
    columns, cells = table.get("columns", table.get("Columns")), table.get("rows", table.get("Rows"))
    return rows(columns, cells, "name", "ColumnName", "Name")


def values(data: Object, _unpacking: Unpacking) -> Opened:
    """Elasticsearch: ES|QL (``columns``, ``values``)."""
    return rows(data.get("columns"), data.get("values"), "name")


def fields(data: Object, _unpacking: Unpacking) -> Opened:
    """Splunk's ``json_rows``: ``fields`` and ``rows``."""
    return rows(data.get("fields"), data.get("rows"), "name")


def pairs(data: Object, _unpacking: Unpacking) -> Opened:
    """CloudWatch Logs Insights: each row is a list of ``{"field": ..., "value": ...}``. None for other results."""
    results = data.get("results")
    if not isinstance(results, list) or not any(isinstance(row, list) for row in results):
        return None
    return [_paired(row) for row in results]


def _paired(row: object) -> object:
    if not isinstance(row, list) or not all(isinstance(cell, dict) and isinstance(cell.get("field"), str) for cell in row):
        return row
    return {cell["field"]: cell.get("value") for cell in row}


def merged(data: Object, _unpacking: Unpacking) -> Opened:
    """CloudTrail Lake: each row is a list of objects with one column each."""
    found = data.get("QueryResultRows")
    if not isinstance(found, list):
        return None
    return [_merged(row) for row in found]


def _merged(row: object) -> object:
    if not isinstance(row, list) or not all(isinstance(cell, dict) for cell in row):
        return row
    return {name: value for cell in row for name, value in cell.items()}


def result_set(data: Object, _unpacking: Unpacking) -> Opened:
    """Athena's GetQueryResults: cells under ``Data[].VarCharValue``; the first row of the first page repeats the names of the columns."""
    answer = data.get("ResultSet")
    found = answer.get("Rows") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(found, list):
        return None
    cells = [_cells(row) for row in found]
    described = answer.get("ResultSetMetadata")
    names = [column.get("Name") for column in _listed(described, "ColumnInfo") if isinstance(column, dict)]
    titles = names or (cells[0] if cells else [])
    return rows(titles, [row for row in cells if row != titles])


def _listed(value: object, name: str) -> list[object]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _cells(row: object) -> object:
    cells = row.get("Data") if isinstance(row, dict) else None
    if not isinstance(cells, list):
        return row
    return [cell.get("VarCharValue") if isinstance(cell, dict) else cell for cell in cells]


def hit_fields(data: Object, _unpacking: Unpacking) -> Opened:
    """An Elasticsearch hit without ``_source``: ``fields`` has a list of values for each name. A list of one value becomes that value."""
    found = data.get("fields")
    if not isinstance(found, dict):
        return None
    return [{name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in found.items()}]


def of(record: object) -> dict[str, object]:
    """The columns of a record with their cells; objects and lists become JSON text, as such answers have it."""
    columns = record if isinstance(record, dict) else {"record": record}
    return {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in columns.items()}


def of_record(record: object, columns: str = "columns", name: str = "name", cells: str = "rows") -> dict[str, object]:
    """A table with this record as its only row."""
    found = of(record)
    return {columns: [{name: title} for title in found], cells: [list(found.values())]}


def cells_of(record: object) -> list[object]:
    """The header and the row of this record, as Athena writes them."""
    found = of(record)
    return [{"Data": [{"VarCharValue": cell} for cell in row]} for row in (list(found), list(found.values()))]
