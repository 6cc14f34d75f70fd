"""Playbook pages: Markdown whose fenced blocks and commands are templates. The pages are the only templates there are."""

import re
import textwrap
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from ..errors import ConfigError

_HERE = Path(__file__).resolve().parents[1]
_FOLDERS = (_HERE / "playbooks", _HERE.parents[1] / "docs" / "playbooks")  # in the wheel; in a checkout
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"`(?P<first>(?P<verb>aws|GET|POST|PATCH|DELETE) [^`]+)`(?: with `(?P<body>\{[^`]+\})`)?")
_SECTION = re.compile(r"^## (.*)$", re.MULTILINE)
_STEP = re.compile(r"^\d+\. ", re.MULTILINE)
_CONTAIN = "Contain"
BY_HAND = frozenset({"key_id", "key_user", "refresh_token", "stack"})
"""Placeholders of which no record says the value: an id or a name that another command prints, a token in hand, the operator's own name."""
_CONDITION = "Only where the alert names"


class Block(Struct, frozen=True, kw_only=True):
    """One template: where it stands in its page, what it is for, its language (sh, http, kql, esql, spl) and its text."""

    section: str
    title: str
    language: str
    text: str

    @property
    def conditional(self) -> bool:
        """Whether the block is of use only with all its values."""
        return self.title.startswith(_CONDITION)


def page(rule: str) -> str:
    """The playbook of a rule, as Markdown.

    Raises:
        ConfigError: there is none; the rule is not one of this version.
    """
    for folder in _FOLDERS:
        file = folder / f"{rule}.md"
        if file.is_file():
            return file.read_text("utf-8")
    raise ConfigError(f"{rule} has no playbook in this version")


def blocks(text: str) -> list[Block]:
    """The templates of a page, in its order."""
    return [place.block for place in _places(text)]


def rewritten(text: str, write: Callable[[Block], str]) -> str:
    """The page with what is written in the place of each template. What was written is never searched: it holds values of attackers."""
    parts: list[str] = []
    end = 0
    for place in _places(text):
        parts += [text[end : place.start], _indented(write(place.block), place.indent)]
        end = place.end
    return "".join([*parts, text[end:]])


class _Place(Struct, frozen=True):
    """Where the text of a template begins and ends in its page, and how far its lines are indented."""

    start: int
    end: int
    indent: int
    block: Block


def _indented(text: str, indent: int) -> str:
    return textwrap.indent(text, " " * indent)


def _places(text: str) -> Iterator[_Place]:
    heads = list(_SECTION.finditer(text))
    for head, following in pairwise([*heads, None]):
        if head is not None:
            end = following.start() if following is not None else len(text)
            yield from sorted(_of_section(head[1], text, (head.end(), end)), key=lambda place: place.start)


def _of_section(name: str, text: str, span: tuple[int, int]) -> Iterator[_Place]:
    section = text[span[0] : span[1]]
    for match in _FENCE.finditer(section):
        block = _fenced(name, section, match)
        yield _Place(span[0] + match.start("text"), span[0] + match.end("text") - 1, len(match["indent"]), block)
    if name == _CONTAIN:
        for match in _COMMAND.finditer(section):
            yield _Place(span[0] + match.start() + 1, span[0] + match.end() - 1, 0, _inline(name, section, match))


def _fenced(name: str, section: str, match: re.Match[str]) -> Block:
    indent = len(match["indent"])
    text = "\n".join(line[indent:] for line in match["text"].splitlines())
    before = [line for line in section[: match.start()].splitlines() if line.strip()]
    title = before[-1].strip() if before and not before[-1].strip().startswith(("```", "|")) else ""
    return Block(section=name, title=_plain(title), language=match["language"], text=text)


def _inline(name: str, section: str, match: re.Match[str]) -> Block:
    """A command inside a step: the step is its title."""
    starts = [step.end() for step in _STEP.finditer(section, 0, match.start())]
    step = section[starts[-1] if starts else 0 :].splitlines()[0]
    body = f" {match['body']}" if match["body"] else ""
    return Block(section=name, title=_plain(step), language="sh" if match["verb"].islower() else "http", text=match["first"] + body)


def _plain(title: str) -> str:
    """What stands before the first command or placeholder, without marks of Markdown."""
    return re.sub(r"^\d+\. |\*\*", "", re.split(r"`|\{", title)[0]).strip().rstrip(":,").strip()
