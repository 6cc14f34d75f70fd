"""`gatewatch elastic`: set a server up, prove a key, prune old months, write the set-up as files."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from ..settings import read
from ..stores.settings import ELASTIC, ELASTIC_NAMESPACE, ELASTIC_PERSONAL
from . import wiring
from .command import DONE, FAILED, Command
from .numbers import ANY, DAYS
from .screen import Screen

if TYPE_CHECKING:
    from ..stores.elastic import Client
    from ..stores.elastic.names import Names

SETTINGS = f"Settings (docs/settings.md): {', '.join(one.name for one in (*ELASTIC, *ELASTIC_PERSONAL))}."
ROLES = ("host-aws", "host-azure", "analyst", "operator")  # of stores/elastic/roles.py, which is imported only where it is used
_SIGNS = {"create": "+", "update": "~", "same": "=", "refused": "!"}


@contextlib.contextmanager
def _client() -> Iterator[tuple["Client", "Names"]]:
    """The server, and the names of the installation that the settings name."""
    from ..stores.elastic import open_client  # noqa: PLC0415 - only here the elastic extra is needed

    with contextlib.closing(open_client(wiring.environment())) as client:
        yield client, _names()


def _names() -> "Names":
    from ..stores.elastic.names import Names  # noqa: PLC0415 - as above

    return Names(read((ELASTIC_NAMESPACE,), wiring.environment())[ELASTIC_NAMESPACE])


def _setup_arguments(parser: ArgumentParser) -> None:
    parser.epilog = f"Needs the rights of infra/elastic/setup_role.json. {SETTINGS}"
    parser.add_argument("--dry-run", action="store_true", help="say what differs and change nothing")
    parser.add_argument("--retention", metavar="DAYS", type=DAYS, default=365, help="days the evidence is kept (default 365)")
    parser.add_argument("--new-key", metavar="NAME", help="make an API key and print it once (needs a user, not a key)")
    parser.add_argument("--role", choices=ROLES, default=ROLES[0], help=f"what that key is for (default {ROLES[0]})")
    parser.add_argument("--verbose", action="store_true", help="every differing field")
    parser.add_argument("--leave-old", action="store_true", help="set up although another version left something, and leave that as it is")


def _setup(options: Namespace, screen: Screen) -> int:
    from ..stores.elastic.roles import KeyRole, api_key  # noqa: PLC0415 - as above
    from ..stores.elastic.setup import apply, features  # noqa: PLC0415 - as above

    with _client() as (client, names):
        if not _show_former(client, names, screen, leave_old=options.leave_old):
            return FAILED
        for what in features(client).lacking():
            screen.note(f"this server lacks {what}")
        changes = apply(client, names, dry_run=options.dry_run, retention=f"{options.retention}d")
        for change in changes:
            screen.line(f"{_SIGNS[change.action]} {change.what} {change.name}: {change.action}{_count(change.lines)}")
            if options.verbose or change.action == "refused":
                screen.text("\n".join(f"    {line}" for line in change.lines))
        if options.new_key and not options.dry_run:
            made = api_key(names, KeyRole(options.role), options.new_key)
            body = client.json("POST", "/_security/api_key", made, again=False).body
            screen.note("this key is shown once; put it where its holder keeps secrets")
            screen.json({"id": body["id"], "name": body["name"], "encoded": body["encoded"]})
    if options.dry_run:
        screen.note("nothing was changed")
    return FAILED if any(change.action == "refused" for change in changes) else DONE


def _show_former(client: "Client", names: "Names", screen: Screen, *, leave_old: bool) -> bool:
    """Name what another version left; whether set-up may go on."""
    from ..stores.elastic.former import former  # noqa: PLC0415 - as above

    found = former(client, names)
    for one in found:
        screen.line(f"! {one.what} {one.name}: {one.reason}")
        screen.line(f"    {one.advice}")
    if any(one.newer for one in found):
        screen.note("nothing was changed: a newer version of Gatewatch is in use here")
        return False
    if found and not leave_old:
        screen.note("nothing was changed: another version of Gatewatch left these; --leave-old sets up beside them")
        return False
    return True


def _count(lines: tuple[str, ...]) -> str:
    return f" ({len(lines)} fields differ)" if lines else ""


def _verify_arguments(parser: ArgumentParser) -> None:
    parser.epilog = f"Give it the key that is to be proved. {SETTINGS}"
    parser.add_argument("--role", choices=ROLES, default=ROLES[0], help=f"what the key is for (default {ROLES[0]})")
    parser.add_argument("--json", action="store_true", help="one JSON line per check")


def _verify(options: Namespace, screen: Screen) -> int:
    from ..stores.elastic.roles import KeyRole  # noqa: PLC0415 - as above
    from ..stores.elastic.verify import verify  # noqa: PLC0415 - as above

    with _client() as (client, names):
        checks = verify(client, names, KeyRole(options.role))
    if options.json:
        for check in checks:
            screen.json(check)
    else:
        screen.table(
            ("", "check", "expected", "answer", "note"),
            ((("ok" if c.right else "WRONG"), c.what, c.expected, c.actual, c.note) for c in checks),
        )
    wrong = sum(not check.right for check in checks)
    screen.note(f"{len(checks)} checks, {wrong} wrong" if wrong else f"{len(checks)} checks, all as they should be")
    return FAILED if wrong else DONE


def _prune_arguments(parser: ArgumentParser) -> None:
    parser.epilog = f"Needs the rights of infra/elastic/setup_role.json. {SETTINGS}"
    parser.add_argument("--keep", metavar="MONTHS", type=ANY, required=True, help="whole months of alerts to keep beside this one")
    parser.add_argument("--dry-run", action="store_true", help="name the indices and keep them")


def _prune(options: Namespace, screen: Screen) -> int:
    from ..stores.elastic.prune import prune  # noqa: PLC0415 - as above

    with _client() as (client, names):
        months = prune(client, names, keep=options.keep, today=wiring.now().astimezone(UTC).date(), dry_run=options.dry_run)
    for month in months:
        screen.line(month)
    screen.note(f"{len(months)} months of alerts {'would be' if options.dry_run else 'were'} deleted")
    return DONE


def _files_arguments(parser: ArgumentParser) -> None:
    parser.epilog = "For the installation that ELASTIC_NAMESPACE names (default `default`)."
    parser.add_argument("folder", metavar="FOLDER", help="where to write them")


def _files(options: Namespace, screen: Screen) -> int:
    from ..stores.elastic.files import files  # noqa: PLC0415 - as above

    for name, content in files(_names()).items():
        where = Path(options.folder) / name
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(content, encoding="utf-8")
        screen.line(where)
    return DONE


COMMANDS = (
    Command(
        "elastic setup",
        "bring templates to a server, and make a key",
        "gatewatch elastic setup --dry-run --verbose",
        _setup_arguments,
        _setup,
    ),
    Command(
        "elastic verify", "try what a key must do, and what it must not", "gatewatch elastic verify --json", _verify_arguments, _verify
    ),
    Command("elastic prune", "delete old months of alerts", "gatewatch elastic prune --keep 13 --dry-run", _prune_arguments, _prune),
    Command(
        "elastic files",
        "write templates, key and Kibana objects as files",
        "gatewatch elastic files build/elastic",
        _files_arguments,
        _files,
    ),
)
