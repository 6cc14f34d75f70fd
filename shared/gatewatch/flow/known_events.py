"""Events of kept records by everything that readers ask for, so that another record which differs in id and time only is read from them."""

import marshal
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from msgspec import structs

from ..model import Event
from ..providers.catalogue import PROVIDERS
from ..providers.probe import Parsed, Probe, Question
from .marks import NEVER_PASSED

EVENTS_AT_MOST = 1_024
NAME_AT_MOST = 2_048
"""Bytes of a name that is kept as it is: a digest costs more than the look-up. So all names together are 8 MB at most."""

_AT_FIRST, _ONE_OF = 512, 8


def _marks(probe: Probe) -> frozenset[str]:
    """Properties by which a record may be something else than this form, an envelope for instance."""
    layout = probe.layout((), True)  # noqa: FBT003 - as Probe.layout
    names = {*layout.__struct_encode_fields__}
    for field in structs.fields(layout):
        if field.encode_name == probe.path.removeprefix("$."):
            names |= {*field.type.__struct_encode_fields__}
    return NEVER_PASSED - names


@cache
def _readers() -> tuple[tuple[Callable[[Mapping[str, object]], Parsed | None], frozenset[str]], ...]:
    return tuple((probe.parsed, _marks(probe)) for provider in PROVIDERS for probe in provider.probes if probe.parsed is not None)


class KnownEvents:
    """A bounded memory. It holds nothing of any policy, and an event is only ever what the slow way gives."""

    def __init__(self) -> None:
        self._events: dict[bytes, Event] = {}
        self._met = self._asked = self._found = 0

    def is_worth_asking(self) -> bool:
        """False for seven of eight records while hardly any has a twin: to look for one costs a tenth of the slow way."""
        self._met += 1
        if self._asked >= _AT_FIRST and self._met % _ONE_OF and self._found * _ONE_OF <= self._asked:
            return False
        self._asked += 1
        if self._asked == 2 * _AT_FIRST:  # what was long ago says little
            self._asked, self._found = _AT_FIRST, self._found // 2
        return True

    def twin(self, name: bytes, question: Question, own: tuple[Any, ...]) -> Event | None:
        """The event of this record, read from another one with this name; None if there was none."""
        event = self._events.get(name)
        if event is None or question.twins is None:
            return None
        self._found += 1
        return question.twins.renewed(event, question, own)

    def add(self, name: bytes, found: tuple[object, ...], question: Question, own: tuple[Any, ...]) -> None:
        """Remember what a record was read as, if that is one event that has the record's own values."""
        event = found[0] if len(found) == 1 else None
        if not isinstance(event, Event) or question.twins is None:
            return
        if (event.vendor_id, event.time) != (question.vendor_id, question.time) or question.twins.renewed(event, question, own) != event:
            return
        if len(self._events) >= EVENTS_AT_MOST:
            self._events = {}
        self._events[name] = event


def name_of(question: Question, rest: bytes, tenant: str | None) -> bytes:
    """The name of all records with this rest, from connections of this tenant: tenant, form and rest, or a digest of them if they are long.

    No name of the first kind begins like a digest: it begins with a quote, or with None.
    """
    name = _before_rest(tenant, question.twins.name if question.twins is not None else b"") + rest
    return name if len(name) <= NAME_AT_MOST else b"#" + sha256(name).digest()


@lru_cache(maxsize=64)
def _before_rest(tenant: str | None, form: bytes) -> bytes:
    return b"%b\n%b\n" % (repr(tenant).encode("utf-8", "backslashreplace"), form)


def of_parsed(data: Mapping[str, object]) -> tuple[Question, bytes, tuple[Any, ...]] | None:
    """The question, the rest and the own values of a record that is parsed already; None if only the slow way can tell."""
    for parsed, marks in _readers():
        asked = parsed(data)
        if asked is not None:
            question, rest, own = asked  # a value of its own that is absent makes another record of it
            if not marks.isdisjoint(data) or not marks.isdisjoint(name for name, _ in rest):
                return None
            try:
                return question, marshal.dumps((rest, [value is None for value in own]), 0), own
            except ValueError:  # a value that no JSON has
                return None
    return None
