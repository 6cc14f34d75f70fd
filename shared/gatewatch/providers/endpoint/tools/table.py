"""The tool table, searched by program."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from . import amazon, attack, azure, clouds
from .listing import listing_of
from .row import Tool, ToolClass, fits

PROGRAMS: Mapping[str, tuple[Tool, ...]] = {**azure.PROGRAMS, **amazon.PROGRAMS, **clouds.PROGRAMS, **attack.PROGRAMS}
_VALUED = {
    program: frozenset(options.casefold().split())
    for program, options in {**azure.VALUED, **amazon.VALUED, **clouds.VALUED, **attack.VALUED}.items()
}
_HELP = frozenset({"--help", "-h", "-?", "/?"})
_RELEASE_TRACKS = frozenset({"alpha", "beta", "preview"})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "localstack", "host.docker.internal"})
_SERVES_LOCALLY = "--endpoint-url"


class ToolCommand(Struct, frozen=True):
    """What a command of the table is: a row, or a listing call, or neither."""

    tool: Tool | None = None
    listing: str | None = None


def command_of(program: str, arguments: list[str]) -> ToolCommand:
    """What a call of a program of the table is. Help and servers on this machine (LocalStack) are nothing."""
    rows = PROGRAMS[program]
    family = rows[0].family
    found = _split(arguments, _VALUED.get(family, frozenset()))
    if found is None:
        return ToolCommand()
    positionals, options = found
    if family == "gcloud" and positionals[:1] and positionals[0] in _RELEASE_TRACKS:
        positionals = positionals[1:]
    tool = next((row for row in rows if fits(row, positionals, options)), None)
    if tool is not None and tool.kind is not ToolClass.READ:
        return ToolCommand(tool=tool)
    return ToolCommand(listing=listing_of(family, positionals))


def _split(arguments: list[str], valued: frozenset[str]) -> tuple[list[str], frozenset[str]] | None:
    """Words and options in lower case; None for help and for a server on this machine."""
    positionals: list[str] = []
    options: set[str] = set()
    before = ""
    for argument in arguments:
        folded = argument.casefold()
        if folded in _HELP:
            return None
        option, _, value = folded.partition("=")
        if (before == _SERVES_LOCALLY and _local(folded)) or (option == _SERVES_LOCALLY and _local(value)):
            return None
        if before in valued:
            before = ""
        elif folded.startswith("-") and len(folded) > 1:
            options.add(option)
            before = folded
        elif folded[:1] in {"<", ">"} or folded[:2] in {"2>", "1>", "&>"}:
            break
        else:
            positionals.append(folded)
            before = ""
    return None if "help" in positionals[:4] else (positionals, frozenset(options))


def _local(address: str) -> bool:
    try:
        return (urlsplit(address).hostname or "") in _LOCAL
    except ValueError:
        return False
