"""`gatewatch tuning apply`, `show`, `history`: the policy of an installation, in the store beside its alerts."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from ..errors import ConfigError
from ..flow.days import waiting
from ..flow.jobs import apply_policy
from ..flow.policy import AT_ONCE, POLICY, newest_version, version_key
from ..model import Severity
from ..notify.channels import NAMES
from ..ports import Ports, Store
from ..providers.catalogue import BY_ID
from ..stores.os_user import os_user
from ..tuning import Tuning
from ..tuning import file as tuning_file
from ..tuning.changes import PolicyChange, changes
from ..tuning.policy import Policy, decode
from . import wiring
from .alerts import opened
from .command import DONE, FAILED, USAGE, Command
from .numbers import ANY
from .screen import Screen

STORED = "stored"
REPLACE = "--replace-unreadable"


def in_force(store: Store) -> Policy | None:
    """The policy of an installation, or None where it has none.

    Raises:
        ConfigError: it is broken, or of a newer release.
        StoreUnavailable: the store is away.
    """
    document = store.read_state((), (POLICY,)).documents.get(POLICY)
    if document is None:
        return None
    policy = decode(document.body)
    if policy is None:
        raise ConfigError(_unreadable(newest_version(store, document.body)))
    return policy


def _unreadable(number: int) -> str:
    return (
        f"the stored policy (version {number}) is broken, or of a newer release: use that release. `gatewatch tuning history` shows the "
        f"versions that can be read, `gatewatch tuning apply TUNING --base {number} {REPLACE}` puts another one in its place"
    )


class Newest(Struct, frozen=True):
    """The newest policy of a store that can be read, the number of the newest one, and whether the one in force is it."""

    policy: Policy
    number: int
    readable: bool


def newest(store: Store) -> Newest:
    """That of a new installation where no version can be read."""
    document = store.read_state((), (POLICY,)).documents.get(POLICY)
    number = newest_version(store, document.body if document is not None else None)
    readable = decode(document.body) if document is not None else Policy()
    last = readable or max(history(store, number), key=lambda policy: policy.version, default=Policy())
    return Newest(last, number, readable is not None)


def history(store: Store, newest: int) -> Iterator[Policy]:
    """The versions that can be read, oldest first."""
    for first in range(1, newest + 1, AT_ONCE):
        keys = [version_key(number) for number in range(first, min(first + AT_ONCE, newest + 1))]
        documents = store.read_state((), keys).documents
        policies = (decode(documents[key].body) for key in keys if key in documents)
        yield from (policy for policy in policies if policy is not None)


def stored_tuning(store: Store, name: str) -> Tuning:
    """The tuning that ``stored`` (in force) or ``stored:VERSION`` names; raises ``ConfigError`` where there is none."""
    number = name.partition(":")[2]
    if not number:
        policy = in_force(store)
    elif number.isdecimal():
        document = store.read_state((), (version_key(int(number)),)).documents.get(version_key(int(number)))
        policy = decode(document.body) if document is not None else None
    else:
        raise ConfigError(f"{name}: say stored, or stored:VERSION")
    if policy is None:
        raise ConfigError(f"{name}: the store has no such policy")
    return policy.tuning


def _store_argument(parser: ArgumentParser) -> None:
    parser.add_argument("--store", metavar="STORE", help="where the policy is (default sqlite:gatewatch.sqlite)")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _apply_arguments(parser: ArgumentParser) -> None:
    parser.epilog = (
        "The file replaces the tuning of the policy; channels and severities stay unless an option names them. Every day that has evidence\n"
        "is computed again. Elasticsearch asks for a key with the role operator. A change that suppresses, raises a threshold or adds an\n"
        "allowlist entry is notified on the channels, once, with its author and the differences."
    )
    parser.add_argument("file", metavar="TUNING", help="a tuning file, TOML or JSON")
    parser.add_argument(
        "--base", type=ANY, required=True, metavar="VERSION", help="the version that you have read; 0 where there is none yet"
    )
    parser.add_argument("--by", metavar="NAME", help="your name (default: your user name)")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, with the ticket")
    parser.add_argument(
        "--channels", metavar="NAMES", help=f"channels that must be notified, with commas: {', '.join(NAMES)}; none for no channel"
    )
    parser.add_argument("--urgent-from", choices=[severity.value for severity in Severity], help="from which severity a finding is urgent")
    parser.add_argument(
        REPLACE, action="store_true", help="also when the stored policy is broken or of a newer release, which is then lost"
    )
    parser.add_argument("--newer-engines", choices=("allow", "forbid"), help="whether a newer release may compute alerts by itself")
    _store_argument(parser)


def _apply(options: Namespace, screen: Screen) -> int:
    tuning, errors = _read(options.file)
    for error in errors:
        screen.note(error)
    if errors:
        screen.note("nothing was applied")
        return USAGE
    with opened(options) as store:
        found = newest(store)
        if not found.readable and not options.replace_unreadable:
            raise ConfigError(_unreadable(found.number))
        before, replaced = found.policy, not found.readable
        wanted = _wanted(before, tuning, options)
        different = changes(before, wanted)
        if not different and before.version and not replaced:
            screen.note(f"version {before.version} says the same; nothing was applied")
            return DONE
        ports = Ports(store=store, clock=wiring.now, seeds=False)
        applied, alerts = apply_policy(wanted, options.base, ports, unreadable=options.replace_unreadable)
        left = len(waiting(store))
    if replaced:
        screen.note(f"the policy that was in force cannot be read and is replaced; these are the differences to version {before.version}")
    show_changes(different, screen, as_json=options.json)
    if before.version and any(change.loosens for change in different):
        screen.note("! loosens: the channels are notified of it, with your name")
    screen.note(f"version {applied.version} is in force; {len(alerts)} alerts changed")
    if left:
        screen.note(f"{left} days are left to hosts of a newer release, or to the next sweep")
    return DONE


def _read(path: str) -> tuple[Tuning, tuple[str, ...]]:
    where = Path(path)
    if not where.is_file():
        raise ConfigError(f"{path} is not a file")
    found = tuning_file.examine(where, path, now=wiring.now(), rules=BY_ID)
    return found.tuning, tuple(str(problem) for problem in found.errors)


def _wanted(before: Policy, tuning: Tuning, options: Namespace) -> Policy:
    channels = before.channels if options.channels is None else _channels(options.channels)
    return structs.replace(
        before,
        tuning=tuning,
        channels=channels,
        urgent_from=Severity(options.urgent_from) if options.urgent_from else before.urgent_from,
        newer_engines=before.newer_engines if options.newer_engines is None else options.newer_engines == "allow",
        author=(options.by or os_user() or "unknown").strip(),
        reason=options.reason.strip(),
    )


def _channels(text: str) -> tuple[str, ...]:
    names = tuple(sorted({name.strip() for name in text.split(",") if name.strip()} - {"none"}))
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise ConfigError(f"--channels: there is no channel {', '.join(unknown)}; use {', '.join(NAMES)} or none")
    return names


def show_changes(found: tuple[PolicyChange, ...], screen: Screen, *, as_json: bool) -> None:
    """Print differences, a line each; ``!`` marks those that loosen."""
    for change in found:
        if as_json:
            screen.json(change)
        else:
            screen.line(f"{'!' if change.loosens else ' '} {change}")


def _show(options: Namespace, screen: Screen) -> int:
    with opened(options) as store:
        policy = in_force(store)
    if policy is None:
        screen.note("this installation has no policy yet: the first host with channels stores its own settings as version 1")
        return FAILED
    if options.json:
        screen.json(policy)
        return DONE
    screen.note(_line(policy))
    screen.note(
        f"channels: {', '.join(policy.channels) or 'none'}; urgent from: {policy.urgent_from.value}; newer engines: {_engines(policy)}"
    )
    screen.text(msgspec.json.format(msgspec.json.encode(policy.tuning), indent=2).decode())
    return DONE


def _engines(policy: Policy) -> str:
    return "allowed" if policy.newer_engines else "forbidden"


def _line(policy: Policy) -> str:
    at = f"{policy.at:%Y-%m-%d %H:%M:%S} UTC" if policy.at else "an unknown time"
    return f"version {policy.version} of {at}, by {policy.author or 'unknown'}{f': {policy.reason}' if policy.reason else ''}"


def _history(options: Namespace, screen: Screen) -> int:
    with opened(options) as store:
        found = newest(store)
        versions = list(history(store, found.number))
    if not found.readable:
        screen.note("the policy in force cannot be read: it is broken, or of a newer release")
    for number, one in enumerate(versions):
        different = changes(versions[number - 1], one) if number else ()
        if options.json:
            screen.json({"version": one.version, "at": one.at, "author": one.author, "reason": one.reason, "changes": different})
        else:
            screen.line(_line(one))
            screen.text("".join(f"{'!' if change.loosens else ' '}   {change}\n" for change in different).rstrip("\n") or "    first")
    return DONE


COMMANDS = (
    Command(
        "tuning apply",
        "put a tuning file in force for the whole installation",
        'gatewatch tuning apply examples/tuning.toml --base 3 --reason "SEC-481"',
        _apply_arguments,
        _apply,
    ),
    Command("tuning show", "the policy in force, as a tuning file", "gatewatch tuning show --json", _store_argument, _show),
    Command(
        "tuning history", "every version of the policy, its author and differences", "gatewatch tuning history", _store_argument, _history
    ),
)
