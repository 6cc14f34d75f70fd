"""Raw records with values and spellings that real logs, exports and attackers bring: each is a copy of a record with one to four changes."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

SPELLINGS = (
    str.lower,
    str.upper,
    lambda name: name[:1].upper() + name[1:],
    lambda name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name),
    lambda name: name.replace("s", "\u017f"),
    lambda name: f"{name}_",
)
SHAPES = (
    lambda value: [value],
    lambda value: [value, value],
    json.dumps,
    lambda value: f" {value} ",
    lambda value: str(value).upper(),
    lambda value: str(value).replace("k", "\u212a").replace("s", "\u017f"),
    lambda value: {"value": value},
    lambda value: float(value) if isinstance(value, int) else f"\u2003{value}",
    lambda value: f"0{value}",
    lambda _value: None,
    lambda _value: "",
    lambda _value: {},
    lambda _value: [],
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every property, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from places(inner, (*path, name))


def mutated(record: Any, others: list[Any], rng: random.Random) -> Any:
    """A copy of the record with a few properties renamed, reshaped, removed, added, or given the value they have in another record."""
    found = copy.deepcopy(record)
    for _ in range(rng.randint(1, 4)):
        paths = list(places(found))
        if not paths:
            return found
        _change(found, rng.choice(paths), rng.choice(others), rng)
    return found


def _change(record: Any, path: tuple[Any, ...], other: Any, rng: random.Random) -> None:
    *outer, name = path
    inner = _at(record, outer)
    match rng.randrange(6):
        case 0:
            inner[rng.choice(SPELLINGS)(str(name))] = inner.pop(name)
        case 1:
            inner[rng.choice(SPELLINGS)(str(name))] = rng.choice(SHAPES)(inner[name])
        case 2 | 3:
            inner[name] = rng.choice(SHAPES)(inner[name])
        case 4:
            del inner[name]
        case _:
            source = rng.choice(list(places(other)))
            value = copy.deepcopy(_at(other, source))
            same = _at(record, source[:-1])
            target = same if isinstance(same, dict) else inner
            target[source[-1]] = value


def _at(record: Any, path: Any) -> Any:
    for name in path:
        record = record.get(name) if isinstance(record, dict) else None
    return record
