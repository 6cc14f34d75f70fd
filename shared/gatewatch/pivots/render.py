"""A template with the values of an alert. A placeholder without a value stays, and is named."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from msgspec import Struct

from . import quoting
from .page import BY_HAND, Block

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LITERAL = re.compile(r'"\{([a-z][a-z0-9_]*)\}"')
_REQUEST = re.compile(r"(?P<method>[A-Z]+) (?P<path>[^ ?]+)(?:\?(?P<query>.*?))?(?: +(?P<body>\{\".*\}))?")
_PLAIN = re.compile(r"[A-Za-z0-9:+. -]{1,200}")  # a time, a number or names of Regions: what may stand outside quotes


class Filled(Struct, frozen=True, kw_only=True):
    """A block to run: its text, and the placeholders for which the alert has no value."""

    block: Block
    text: str
    missing: tuple[str, ...]

    @property
    def useful(self) -> bool:
        """False for a block that is of use only with a value which is missing."""
        return not (self.block.conditional and set(self.missing) - BY_HAND)


def fill(block: Block, values: Mapping[str, str]) -> Filled:
    """The block with these values, quoted for its language."""
    write = {"sh": _shell, "http": _requests}.get(block.language, _query)
    text = write(block, values)
    wanted = dict.fromkeys(_PLACEHOLDER.findall(block.text))
    return Filled(block=block, text=text, missing=tuple(name for name in wanted if name not in values))


def _shell(block: Block, values: Mapping[str, str]) -> str:
    return _replaced(block.text, values, quoting.shell)


def _query(block: Block, values: Mapping[str, str]) -> str:
    literal = quoting.LITERALS[block.language]
    text = _LITERAL.sub(lambda found: literal(values[found[1]]) if found[1] in values else found[0], block.text)
    return _PLACEHOLDER.sub(lambda found: _bare(found, values), text)


def _bare(found: re.Match[str], values: Mapping[str, str]) -> str:
    value = values.get(found[1], "")
    return value if _PLAIN.fullmatch(value) else found[0]


def _requests(block: Block, values: Mapping[str, str]) -> str:
    """Requests to Microsoft Graph, as commands of the Azure CLI."""
    return "\n".join(_request(line, values) for line in block.text.splitlines())


def _request(line: str, values: Mapping[str, str]) -> str:
    found = _REQUEST.fullmatch(line)
    if found is None:
        raise ValueError(f"not a request: {line}")
    url = _replaced(found["path"], values, quoting.path)
    if found["query"]:
        url += "?" + "&".join(_encoded(part, values) for part in found["query"].split("&"))
    command = f"az rest --method {found['method'].lower()} --url '{url}'"
    if not found["body"]:
        return command
    return f"{command} --headers Content-Type=application/json --body '{_replaced(found['body'], values, quoting.json_text)}'"


def _encoded(part: str, values: Mapping[str, str]) -> str:
    """One ``name=value`` of a query; placeholders without a value stay readable."""
    name, _, value = part.partition("=")
    return f"{name}={quote(_replaced(value, values, quoting.odata).encode('utf-8', 'replace'), safe='{},/:()')}"


def _replaced(text: str, values: Mapping[str, str], write: Callable[[str], str]) -> str:
    return _PLACEHOLDER.sub(lambda found: write(values[found[1]]) if found[1] in values else found[0], text)
