"""What the sessions of a case did next, from records at hand: those that became evidence and all the others."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import structs

from ..flow.decoding import fields_of
from ..model import RawRecord, Refused
from ..providers.catalogue import PROVIDERS
from ..providers.session import Trace, follows
from .case import PersonCase, Steps

MOST = 2_000
"""Steps kept of one session; a hot one is never left out for a cold one."""


def follow(case: PersonCase, records: Iterable[RawRecord | Refused]) -> PersonCase:
    """The case with the steps of its sessions. Records of other sessions are passed over; the same record twice counts once."""
    found: dict[int, dict[str, Trace]] = defaultdict(dict)
    for record in records:
        if isinstance(record, RawRecord):
            for trace in _traces(record):
                for number, one in enumerate(case.sessions):
                    if follows(trace, one.session) and not one.event_id.endswith(f"|{trace.id}"):
                        found[number][trace.id or f"{trace.time} {trace.action}"] = trace
    return structs.replace(case, sessions=tuple(_ordered(one, found[number].values()) for number, one in enumerate(case.sessions)))


def _traces(record: RawRecord) -> Iterable[Trace]:
    for fields in fields_of(record):
        yield from (trace for provider in PROVIDERS if (trace := provider.traces(fields)) is not None)


def _ordered(one: Steps, traces: Iterable[Trace]) -> Steps:
    steps = sorted(traces, key=lambda trace: (not trace.hot, trace.time, trace.id))
    return structs.replace(one, steps=tuple(steps[:MOST]), more=len(steps[MOST:]))
