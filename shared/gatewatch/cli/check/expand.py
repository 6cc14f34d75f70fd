"""Large records from small case files: one field is repeated, filled with keys or nested."""

import json
from typing import Any

MAX_EXPANSION = 64 * 1024 * 1024  # characters that a repeated text may reach


def expanded(record: object, how: dict[str, Any]) -> object:
    """The record with the field at ``path`` repeated ``repeat`` times, or given ``keys`` fields, or nested ``depth`` deep."""
    copied: Any = json.loads(json.dumps(record))
    *parents, last = str(how["path"]).split(".")
    parent = copied
    for name in parents:
        parent = parent[int(name)] if isinstance(parent, list) else parent.setdefault(name, {})
    slot: Any = int(last) if isinstance(parent, list) else last
    current = parent[slot] if isinstance(parent, list) or slot in parent else None
    parent[slot] = _enlarged(current, how)
    return copied


def _enlarged(value: object, how: dict[str, Any]) -> object:
    if "keys" in how:
        base = value if isinstance(value, dict) else {}
        return base | {f"key_{n}": f"value {n}" for n in range(int(how["keys"]))}
    if "depth" in how:
        nested: object = value
        for _ in range(int(how["depth"])):
            nested = {"nested": nested}
        return nested
    times = int(how["repeat"])
    if isinstance(value, list):
        return value * times
    text = value if isinstance(value, str) and value else "A"
    if len(text) * times > MAX_EXPANSION:
        text = text[: max(1, MAX_EXPANSION // times)]
    return text * times
