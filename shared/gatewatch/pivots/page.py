"""Playbook pages: Markdown whose fenced blocks and commands are templates. The pages are the only templates there are."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from ..errors import ConfigError

_HERE = Path(__file__).resolve().parents[1]
_FOLDERS = (_HERE / "playbooks", _HERE.parents[1] / "docs" / "playbooks")  # in the wheel; in a checkout
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"`(?P<first>(?P<verb>aws|GET|POST|PATCH|DELETE) [^`]+)`(?: with `(?P<body>\{[^`]+\})`)?")
_STEP = re.compile(r"^\d+\. ", re.MULTILINE)
_CONTAIN = "Contain"


class Block(Struct, frozen=True, kw_only=True):
    """One template: where it stands in its page, what it is for, its language (sh, http, kql, esql, spl) and its text."""

    section: str
    title: str
    language: str
    text: str


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
    return [block for name, section in _sections(text) for block in _blocks(name, section)]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _blocks(name: str, section: str) -> Iterator[Block]:
    found = [(match.start(), _fenced(name, section, match)) for match in _FENCE.finditer(section)]
    if name == _CONTAIN:
        found += [(match.start(), _inline(name, section, match)) for match in _COMMAND.finditer(section)]
    yield from (block for _, block in sorted(found, key=lambda item: item[0]))


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
