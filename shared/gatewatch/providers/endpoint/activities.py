"""Endpoint records to activities: one login that several records show is one activity, and what happened beside it is named in it.

``powershell -c Connect-AzAccount`` gives a process start, a script block and a cmdlet; ``az login`` on Windows gives two or three process
starts; two agents on a host double them. They are one finding for each host, user, tool and minute.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import structs

from ...model import Activity, Event
from ..versions import Versions, plain
from .detail import Process, process_of

BESIDE = timedelta(minutes=15)
"""How long before and after a login its context is named in it."""

SHOWN_BESIDE = 20
_SKEW = timedelta(seconds=2)
_MINUTE = timedelta(minutes=1)


def links(event: Event) -> tuple[str, ...]:
    """The tokens of the minute of a login, so that all its records are read together; near its edge also those of the next minute."""
    process = process_of(event)
    if process is None or _command(process) is None or event.time is None:
        return ()
    minutes = {_minute(event.time), _minute(event.time - _SKEW), _minute(event.time + _SKEW)}
    return tuple(f"endpoint_login:{'|'.join(_owner(event, process))}|{minute}" for minute in sorted(minutes))


def activities(records: Sequence[Versions]) -> list[Activity]:
    """The activities of these records, ordered by time."""
    found = plain(records)
    logins: dict[tuple[str, ...], list[Activity]] = defaultdict(list)
    context: dict[str, list[Activity]] = defaultdict(list)
    others: list[Activity] = []
    for activity in sorted(found, key=lambda each: (each.time, each.id)):
        process = process_of(activity.event)
        if process is not None and _command(process) is not None:
            logins[_owner(activity.event, process)].append(activity)
        else:
            others.append(activity)
            if process is not None and process.context:
                context[activity.event.principal].append(activity)
    merged = [_merged(same) for owned in logins.values() for same in _by_minute(owned)]
    return sorted((*others, *(_with_context(each, context) for each in merged)), key=lambda each: (each.time, each.id))


def _owner(event: Event, process: Process) -> tuple[str, ...]:
    """Host, user and tool as every agent writes them: agents differ in host ids, in domains and in case."""
    host = (process.host_name or process.host_id or "").casefold().partition(".")[0]
    return host, (event.user_name or "").casefold(), _command(process) or ""


def _command(process: Process) -> str | None:
    """The login that ran. What a program starts by itself is another than the same command in a shell."""
    return process.tool if process.by_itself is None else f"by itself: {process.by_itself}"


def _minute(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def _by_minute(owned: Sequence[Activity]) -> Iterable[list[Activity]]:
    """The records of each minute. What comes up to two seconds after a record of the minute before belongs to that minute.

    Only the two seconds at an edge are looked at, so that nothing depends on where a chain of records begins.
    """
    times = [each.time for each in owned]
    minutes: dict[str, list[Activity]] = defaultdict(list)
    for each in owned:
        start = each.time.replace(second=0, microsecond=0)
        near = each.time - start < _SKEW and bisect_left(times, start - _SKEW) < bisect_left(times, start)
        minutes[_minute(each.time - _MINUTE if near else each.time)].append(each)
    return minutes.values()


def _merged(same: Sequence[Activity]) -> Activity:
    """One activity of several records: the earliest speaks; what only another record knows (the person, who is first) is added."""
    lead = min(same, key=lambda each: (each.time, _process(each).origin != "start", each.id))
    if len(same) == 1:
        return lead
    known = next((each.event for each in same if each.event.person is not None), None)
    event, process = lead.event, _process(lead)
    if event.person is None and known is not None:
        event = structs.replace(event, person=known.person, names=tuple(dict.fromkeys((*event.names, *known.names))))
    process = structs.replace(
        process,
        obfuscated=any(_process(each).obfuscated for each in same),
        parent_name=process.parent_name or next((name for each in same if (name := _process(each).parent_name)), None),
        pattern=process.pattern or next((found for each in same if (found := _process(each).pattern)), None),
    )
    return structs.replace(
        lead,
        event=structs.replace(event, detail=process),
        members=tuple(sorted({member for each in same for member in each.members})),
        firsts=tuple(sorted({first for each in same for first in each.firsts})),
        strange=tuple(sorted({feature for each in same for feature in each.strange})),
        usual=all(each.usual for each in same),
    )


def _with_context(login: Activity, context: dict[str, list[Activity]]) -> Activity:
    """The login with the names of the listing calls, connections and changed files of its user on its host around it."""
    near = context.get(login.event.principal, [])
    times = [each.time for each in near]
    found = near[bisect_left(times, login.time - BESIDE) : bisect_right(times, login.time + BESIDE)]
    if not found:
        return login
    names = list(dict.fromkeys(name_of(_process(each)) for each in found))
    more = (f"and {len(names) - SHOWN_BESIDE} more",) if len(names) > SHOWN_BESIDE else ()
    process = structs.replace(_process(login), beside=(*names[:SHOWN_BESIDE], *more))
    return structs.replace(login, event=structs.replace(login.event, detail=process))


def name_of(process: Process) -> str:
    """A context event in a few characters."""
    if process.listing is not None:
        return process.listing[:120]
    verb = "connected to" if process.origin == "connection" else "changed"
    return f"{process.name or 'a program'} {verb} {process.target or 'a login address'}"[:240]


def _process(activity: Activity) -> Process:
    process = process_of(activity.event)
    if process is None:
        raise TypeError("an endpoint activity holds a process")
    return process
