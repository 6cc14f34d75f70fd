"""A value as a literal of each language. Values are attacker-written: they stay values, on one line, with hidden characters escaped."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote


def shell(value: str) -> str:
    """Inside single quotes. What cannot be seen becomes ANSI-C quoting, which bash, zsh and ksh read."""
    return "".join(_shell(character) for character in value)


def _shell(character: str) -> str:
    if character == "'":
        return "'\\''"
    if character.isprintable():
        return character
    return "'$'" + "".join(f"\\x{byte:02x}" for byte in _bytes(character)) + "''"


def kusto(value: str) -> str:
    """A string literal, with escapes as in C. Source: Kusto documentation, "The string data type"."""
    return '"' + "".join(_kusto(character) for character in value) + '"'


def _kusto(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def esql(value: str) -> str:
    """A string literal. ES|QL has no escape for hidden characters: such a value comes as Base64."""
    if value.isprintable():
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'FROM_BASE64("{base64.b64encode(_bytes(value)).decode()}")'


def splunk(value: str) -> str:
    """A string of an ``eval`` or ``where`` expression. Hidden characters come percent-encoded."""
    if value.isprintable():
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'urldecode("{path(value)}")'


def json_text(value: str) -> str:
    """Inside the quotes of a JSON string that itself stands in single quotes of a shell."""
    return shell(json.dumps(value)[1:-1])


def path(value: str) -> str:
    """A part of a URL, percent-encoded whole."""
    return quote(_bytes(value), safe="")


def odata(value: str) -> str:
    """Inside the single quotes of an OData string; the expression around it is percent-encoded afterwards."""
    return value.replace("'", "''")


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "replace")  # a lone surrogate has no UTF-8 form


LITERALS: dict[str, Callable[[str], str]] = {"kql": kusto, "esql": esql, "spl": splunk}
"""The languages in which a quoted placeholder is replaced together with its double quotes."""
