"""The form of the tool table: one row a command of a program, or a cmdlet."""

from enum import StrEnum
from fnmatch import fnmatchcase

from msgspec import Struct


class ToolClass(StrEnum):
    """What a command of the table does."""

    LOGIN = "login"  # signs in, stores a credential, or selects a session (as the published patterns count it)
    TOKEN = "token"  # noqa: S105 - a kind, not a password. Prints or mints a token or key
    ATTACK = "attack"  # a tool whose purpose is an attack or its test
    READ = "read"  # no login; the row says why


class Tool(Struct, frozen=True, kw_only=True):
    """One row. ``argv`` are patterns of the words that are not options; a final ``$`` means that no more words follow."""

    name: str  # what people read: "az login"
    family: str  # what familiarity counts: "az"
    kind: ToolClass
    argv: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()  # one of these options must be there
    lacks: frozenset[str] = frozenset()  # none of these options may be there
    parents: str = ""  # "shell": counts only under a shell; "cluster": does not count under a Kubernetes client
    source: str = ""  # where the fact comes from, and why it is decided so


def rows(family: str, table: str) -> tuple[Tool, ...]:
    """The rows of one program from a text table: kind | words | conditions | source. A row that comes first wins."""
    return tuple(_row(family, line) for line in table.strip().splitlines())


def _row(family: str, line: str) -> Tool:
    kind, argv, conditions, source = (part.strip() for part in line.split("|", 3))
    found: dict[str, frozenset[str]] = {}
    parents = ""
    for condition in conditions.split(";"):
        verb, _, options = condition.strip().partition(" ")
        if verb == "under":
            parents = options
        elif verb:
            found[verb] = frozenset(options.split())
    patterns = tuple(argv.split())
    shown = [name for pattern in patterns if (name := pattern.strip("*$:"))]
    return Tool(
        name=" ".join((family, *shown)),
        family=family,
        kind=ToolClass(kind),
        argv=patterns,
        needs=found.get("with", frozenset()),
        lacks=found.get("without", frozenset()),
        parents=parents,
        source=source,
    )


def fits(tool: Tool, positionals: list[str], options: frozenset[str]) -> bool:
    """Whether a command with these words and options (both in lower case) is the one of this row."""
    patterns = tool.argv
    if patterns and patterns[-1] == "$":
        patterns = patterns[:-1]
        if len(positionals) != len(patterns):
            return False
    if len(positionals) < len(patterns):
        return False
    return (
        all(fnmatchcase(word, pattern) for word, pattern in zip(positionals, patterns, strict=False))
        and (not tool.needs or not tool.needs.isdisjoint(options))
        and tool.lacks.isdisjoint(options)
    )
