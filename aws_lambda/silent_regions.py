"""Once an hour: which accounts and Regions are unusually silent, and a message about each new one on every channel, once.

What was found and what each channel was notified of is one small document. A crash between a channel's acceptance and the mark
sends that message again in the next hour.
"""

from collections.abc import Mapping, Sequence

import msgspec
from aws_lambda_powertools import Logger
from msgspec import Struct, structs

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.ports import PlainNotice, PlainNotifier, Ports, StateDocument, StateKey, StateWrite, Store, Written

from .seen_hours import EVERY_ACCOUNT, Silence, silences
from .sign_ins_seen import hour_of, moment_of, read

KEY = StateKey("familiarity", "silent_regions:aws")
MOST_LINES = 20
ROUNDS = 5

type Found = dict[str, Silence]
"""``ACCOUNT/REGION`` to its silence."""


class Checked(Struct, frozen=True):
    """The last check."""

    hour: int = -1
    silent: Found = {}
    notified: dict[str, dict[str, int]] = {}  # channel -> place -> the hour of the last event


def check(ports: Ports, log: Logger, *, sight: bool) -> int:
    """How many places are silent. Looks again once an hour, and only with ``sight``: while canaries are late, so are sign-ins.

    Raises ``StoreUnavailable``.
    """
    now = hour_of(ports.clock())
    before, document = _read(ports.store)
    if not sight or before.hour >= now:
        return len(before.silent)
    found = {"/".join(place): silence for place, silence in silences(read(ports.store), now).items()}
    still = {channel: {p: last for p, last in places.items() if _is(found, p, last)} for channel, places in before.notified.items()}
    if not _write(Checked(now, found, still), document, ports.store):
        return len(before.silent)  # another worker is at it
    if found:
        log.warning("no sign-in events where there usually are", extra={"places": sorted(found)[:MOST_LINES], "number": len(found)})
    _mark(_sent(found, still, ports, log), ports.store)
    return len(found)


def known(store: Store) -> Found:
    """The places that the last check found silent. Raises ``StoreUnavailable``."""
    return _read(store)[0].silent


def _is(found: Mapping[str, Silence], place: str, last: int) -> bool:
    return place in found and found[place].last == last


def _sent(found: Found, notified: Mapping[str, Mapping[str, int]], ports: Ports, log: Logger) -> dict[str, dict[str, int]]:
    """Notify each channel of what it does not know; what each knows then."""
    reached: dict[str, dict[str, int]] = {}
    for name, notifier in ports.notifiers.items():
        new = {place: silence for place, silence in found.items() if not _was(notified.get(name, {}), place, silence)}
        if not new or not isinstance(notifier, PlainNotifier):
            continue
        try:
            notifier.send_plain(notice(new, hour_of(ports.clock())))
        except NotifyUnavailable as error:
            log.warning("channel is away, silent Regions wait", extra={"channel": name, "error": type(error).__name__})
            continue
        except NotifyError as error:
            log.warning("channel refuses the notice of silent Regions", extra={"channel": name, "error": type(error).__name__})
        reached[name] = {place: silence.last for place, silence in new.items()}
    return reached


def _was(notified: Mapping[str, int], place: str, silence: Silence) -> bool:
    return notified.get(place) == silence.last


def notice(found: Found, now: int) -> PlainNotice:
    """What people read. A Region in which every account is silent is one line."""
    whole = {place.partition("/")[2] for place in found if place.startswith(EVERY_ACCOUNT)}
    lines = [
        _line(place, one, now) for place, one in sorted(found.items()) if place[0] == EVERY_ACCOUNT or place.partition("/")[2] not in whole
    ]
    more = len(lines) - MOST_LINES
    return PlainNotice(
        id=f"silent-regions-{now}",
        at=moment_of(now),
        subject=f"Gatewatch: no sign-in events from {_named(lines, found)}",
        lines=(
            *lines[:MOST_LINES],
            *((f"and {more} more",) if more > 0 else ()),
            "Either nobody signed in, or sign-ins are not seen: is the trail logging, are the event rules on, does the forwarder deliver?",
            "gatewatch doctor aws asks all of this.",
        ),
    )


def _named(lines: Sequence[str], found: Found) -> str:
    if len(lines) > 1:
        return f"{len(lines)} places"
    account, _, region = min(found).partition("/")
    return region if account == EVERY_ACCOUNT else f"{account} in {region}"


def _line(place: str, silence: Silence, now: int) -> str:
    account, _, region = place.partition("/")
    who = "all accounts" if account == EVERY_ACCOUNT else account
    return (
        f"{region}, {who}: last one at {moment_of(silence.last):%Y-%m-%d %H}:00 UTC, {now - silence.last} hours ago; "
        f"{silence.missed:g} of these hours usually have some"
    )


def _read(store: Store) -> tuple[Checked, StateDocument | None]:
    document = store.read_state((), [KEY]).documents.get(KEY)
    if document is None:
        return Checked(), None
    try:
        return msgspec.json.decode(document.body, type=Checked), document
    except msgspec.DecodeError:
        return Checked(), document  # written anew: rather notified twice than never


def _write(checked: Checked, document: StateDocument | None, store: Store) -> bool:
    write = StateWrite(KEY, msgspec.json.encode(checked), document.version if document is not None else None)
    return store.write_state([write]) == [Written.DONE]


def _mark(reached: Mapping[str, Mapping[str, int]], store: Store) -> None:
    """Write what each channel was notified of; a mark that keeps losing is left to the next hour."""
    for _ in range(ROUNDS if reached else 0):
        checked, document = _read(store)
        notified = {name: {**checked.notified.get(name, {}), **places} for name, places in reached.items()}
        if _write(structs.replace(checked, notified={**checked.notified, **notified}), document, store):
            return
