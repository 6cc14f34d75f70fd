"""Behaviours as data: the records that each leaves behind, in the vendors' own shapes, at times relative to one moment.

`behaviours/` holds one JSON file a behaviour (a story or a rule's id) and `bases.json`, the shapes that their records start from.
Values in braces are filled in: ``{at}`` (the record's time, ISO 8601 UTC; ``{at:-60}`` a minute earlier), ``{id}`` (an id of its own)
and ``{id:NAME}`` (one id for all records of the behaviour that name it). Every id begins with ``MARK``: no real record does.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ...errors import ConfigError
from ...flow import decoding
from ...model import Event, RawRecord

MARK = "51317a7e"
"""The first eight digits of every id that a simulated record carries."""

TENANT = "51317a7e-0000-4000-8000-000000000001"
NAMED_FIRST = ("t1", "t1b", "t2", "t3", "t4", "exo", "sync_account", "aws_consoler", "identity_center", "golden_saml")

_NAMESPACE = uuid.UUID("51317a7e-5f0a-4c53-9a39-0f1f5d0c8a11")
_PLACEHOLDER = re.compile(r"\{(at|id)(?::([^{}]*))?\}")

type Json = dict[str, Any]


class RecordTemplate(Struct, frozen=True, forbid_unknown_fields=True):
    """One record: a shape of `bases.json` with these values set, this many seconds after the start."""

    base: str
    after: float = 0
    set: Json = {}


class Behaviour(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody does, and what the detector must make of it. ``ordinary`` happens once on each day before."""

    title: str
    rules: tuple[str, ...] = ()  # the rules that match, the one that names the alert first
    expect: Literal["notified", "recorded"] = "notified"
    option: str = ""  # what must be set beside the defaults, for people
    tuning: Json = {}  # the part of it that is tuning
    live: Literal["", "replay"] = ""  # "replay": no live stream of the default installation carries these records
    signals: tuple[str, ...] = ()
    cleanup: tuple[str, ...] = ()
    ordinary: tuple[RecordTemplate, ...] = ()
    records: tuple[RecordTemplate, ...]


class Simulated(Struct, frozen=True, kw_only=True):
    """The records of one behaviour in order of time; ``attack`` holds the vendor ids of those that are not ordinary."""

    records: tuple[RawRecord, ...]
    attack: frozenset[str]


class _Base(Struct, frozen=True, forbid_unknown_fields=True):
    base: str = ""
    set: Json = {}


@cache
def names() -> tuple[str, ...]:
    """Every behaviour: the stories in their order, then the rules by id."""
    found = {file.name.removesuffix(".json") for file in _folder().iterdir() if file.name.endswith(".json")} - {"bases"}
    return (*NAMED_FIRST, *sorted(found - set(NAMED_FIRST)))


@cache
def behaviour(name: str) -> Behaviour:
    """The behaviour of this name.

    Raises:
        ConfigError: there is none.
    """
    if name not in names():
        raise ConfigError(f"there is no behaviour {name!r}: gatewatch simulate --list names them all")
    return msgspec.json.decode(_folder().joinpath(f"{name}.json").read_bytes(), type=Behaviour)


def simulated(name: str, start: datetime, days: int) -> Simulated:
    """The records of a behaviour that starts at this time, with this many ordinary days before."""
    found = behaviour(name)
    ordinary = [record for day in range(days, 0, -1) for record in _day(name, found, start, day)]
    attack = list(filled(name, found.records, start, "attack"))
    return Simulated(records=(*ordinary, *attack), attack=frozenset(_vendor_ids(attack)))


def _day(name: str, found: Behaviour, start: datetime, day: int) -> Iterator[RawRecord]:
    shifted = start - timedelta(days=day, minutes=(day * 37) % 90)  # nobody comes at the same minute every day
    return filled(name, found.ordinary, shifted, f"day {day}")


def filled(name: str, steps: tuple[RecordTemplate, ...], start: datetime, part: str) -> Iterator[RawRecord]:
    """The records of these shapes in order of time, filled in; ``part`` keeps the ids of one day apart from those of another."""
    for number, step in sorted(enumerate(steps), key=lambda pair: pair[1].after):
        at = start + timedelta(seconds=step.after)
        filler = _Filler(at, f"{name}|{start.isoformat()}|{part}", number)
        yield RawRecord(data=filler.fill(shape(step)), fetched=at, tenant=TENANT, origin=f"simulated {name}")


def shape(step: RecordTemplate) -> Json:
    """The record of a step with its placeholders."""
    return merged(_base(step.base), step.set)


@cache
def _bases() -> dict[str, _Base]:
    return msgspec.json.decode(_folder().joinpath("bases.json").read_bytes(), type=dict[str, _Base])


def _base(name: str) -> Json:
    if name not in _bases():
        raise ConfigError(f"bases.json has no shape {name!r}")
    found = _bases()[name]
    return merged(_base(found.base), found.set) if found.base else found.set


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    """The old object with the new values; objects in objects are merged, everything else is replaced."""
    both = {
        key: merged(old[key], value) if isinstance(value, Mapping) and isinstance(old.get(key), Mapping) else value
        for key, value in new.items()
    }
    return {**old, **both}


class _Filler:
    """Fills in the placeholders of one record."""

    def __init__(self, at: datetime, scope: str, number: int) -> None:
        self._at, self._scope, self._own = at, scope, f"record {number}"

    def fill(self, value: Any) -> Any:  # noqa: ANN401 - JSON of any vendor
        """The value with every placeholder in its texts filled in."""
        if isinstance(value, str):
            return _PLACEHOLDER.sub(self._filled, value)
        if isinstance(value, Mapping):
            return {key: self.fill(inner) for key, inner in value.items()}
        return [self.fill(inner) for inner in value] if isinstance(value, list) else value

    def _filled(self, found: re.Match[str]) -> str:
        kind, argument = found.groups()
        if kind == "at":
            return f"{self._at + timedelta(seconds=float(argument or 0)):%Y-%m-%dT%H:%M:%SZ}"
        made = uuid.uuid5(_NAMESPACE, f"{self._scope}|{argument or self._own}")
        return MARK + str(made)[len(MARK) :]


def _vendor_ids(records: list[RawRecord]) -> Iterator[str]:
    for record in records:
        yield from (event.vendor_id for event in decoding.decode(record) if isinstance(event, Event))


def _folder() -> Any:  # noqa: ANN401 - importlib.resources has no stable name for it before 3.13
    return resources.files(__package__).joinpath("behaviours")
