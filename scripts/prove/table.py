"""Committed tables: read, compared with what was seen, written again. A difference in either direction fails."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "tables"
NOTIFIED, RECORDED, UNSEEN = "notified", "recorded", "unseen"
MISSED, OUT_OF_SCOPE = "missed", "out of scope"
RENEW = "run `make prove-table`, read the difference, and give a reason where something is not notified"

type Row = dict[str, Any]


def load(name: str) -> Any:
    """The table of this name; an empty list when it was never written."""
    file = FOLDER / f"{name}.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else []


def save(name: str, rows: Any) -> None:
    """Write the table, one row a line where rows are flat."""
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n" if isinstance(rows, list) else dumped(rows)
    (FOLDER / f"{name}.json").write_text(text, "utf-8")


def dumped(value: Any) -> str:
    """An object, indented."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def differences(name: str, committed: Sequence[Row], actual: Sequence[Row], keys: Sequence[str], values: Sequence[str]) -> Iterator[str]:
    """Rows that are new, gone, or seen otherwise than the table says."""
    before, after = ({tuple(row[key] for key in keys): row for row in rows} for rows in (committed, actual))
    for key in sorted({*before, *after}):
        label = f"{name}: {' / '.join(map(str, key))}"
        if key not in before:
            yield f"{label}: not in the table"
        elif key not in after:
            yield f"{label}: in the table, but not seen any more"
        else:
            for value in values:
                said, seen = before[key].get(value), after[key].get(value)
                if said != seen:
                    yield f"{label}: the table says {value} = {said!r}, now it is {seen!r}"


def verdict(row: Row, seen: str) -> Row:
    """The row as it is now. What was notified and no longer is becomes a miss; nothing becomes "out of scope" by itself."""
    known = row.get("verdict", MISSED)
    if seen == NOTIFIED:
        return {**row, "seen": seen, "verdict": NOTIFIED, "why": row.get("why", "") if known == NOTIFIED else ""}
    if known == NOTIFIED:
        return {**row, "seen": seen, "verdict": MISSED, "rule": "", "why": ""}
    return {**row, "seen": seen, "verdict": known}


def unexplained(name: str, rows: Sequence[Row]) -> Iterator[str]:
    """Rows that nobody is notified of and that give no reason, and misses of what must be notified."""
    for row in rows:
        label = f"{name}: {row['step']}"
        if row.get("must") and row["verdict"] != NOTIFIED:
            yield f"{label}: must be notified, and is {row['verdict']}"
        elif row["verdict"] != NOTIFIED and not row.get("why"):
            yield f"{label}: {row['verdict']} without a reason"
