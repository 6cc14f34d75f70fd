"""Finds the line of a setting in a TOML or JSON tuning file, for messages. The parsers do not give it."""

import re

_ENTRY = re.compile(r"^(?P<list>[^\[]+)\[(?P<index>\d+)\](?:\.(?P<rest>.+))?$")
_TOML_ENTRY = re.compile(r"^\s*\[\[\s*allowlist\s*\]\]")
_JSON_ENTRIES = re.compile(r'"allowlist"\s*:\s*\[')


def locate(text: str, where: str) -> int | None:
    """The line (from 1) of a place such as ``notify_from`` or ``allowlist[2].match.cidr``; None when it is not found."""
    entry = _ENTRY.match(where)
    if entry is None or entry["list"] != "allowlist":
        return _line_of_key(text, where.partition("[")[0].partition(".")[0])
    span = _json_entry(text, int(entry["index"])) if text.lstrip().startswith("{") else _toml_entry(text, int(entry["index"]))
    if span is None:
        return _line_of_key(text, "allowlist")
    start, end = span
    key = (entry["rest"] or "").rpartition(".")[2].partition("[")[0]
    inner = _line_of_key(text[start:end], key) if key else None
    return _line_at(text, start) + (inner - 1 if inner else 0)


def _line_of_key(text: str, key: str) -> int | None:
    if not key:
        return None
    found = re.search(rf"""^[^#\n]*?(?<![\w.-])["']?{re.escape(key)}["']?\s*[=:]""", text, re.MULTILINE)
    if found is None:
        return None
    return _line_at(text, found.end())


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _toml_entry(text: str, index: int) -> tuple[int, int] | None:
    """The start and end of the ``[[allowlist]]`` table with this index."""
    starts, position = [], 0
    for line in text.splitlines(keepends=True):
        if _TOML_ENTRY.match(line):
            starts.append(position)
        position += len(line)
    if index >= len(starts):
        return None
    return starts[index], (*starts, len(text))[index + 1]


def _json_entry(text: str, index: int) -> tuple[int, int] | None:
    """The start and end of the object with this index in the ``allowlist`` array."""
    occurrence = _JSON_ENTRIES.search(text)
    if occurrence is None:
        return None
    depth, seen, start, quoted, escaped = 0, -1, 0, False, False
    for position in range(occurrence.end(), len(text)):
        char = text[position]
        if quoted:
            quoted, escaped = char != '"' or escaped, char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "{[":
            if depth == 0:
                seen, start = seen + 1, position
            depth += 1
        elif char in "}]":
            depth -= 1
            if depth == 0 and seen == index:
                return start, position + 1
            if depth < 0:
                break
    return None
