"""Tables that translate a record of a dialect: one row for each fact, from the names of the dialect to the path of the vendor's record."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..reading.fields import Fields, whole

type Read = Callable[[object], object]


class TranslationRow(NamedTuple):
    """One fact. ``path`` is dotted; of ``names`` the first that has a value counts; ``read`` turns the dialect's value into the vendor's.

    ``read`` returns None for what says nothing, and a value that it does not know as it is, so that the decoder can flag it.
    """

    path: str
    names: tuple[str, ...]
    read: Read


def row(path: str, *names: str, read: Read = lambda value: value) -> TranslationRow:
    """A row; without names the fact has the same name in the dialect."""
    return TranslationRow(path, names or (path,), read)


def translated(record: Fields, rows: Iterable[TranslationRow]) -> dict[str, object]:
    """The vendor's record that these rows make. What the record does not have is left out."""
    result: dict[str, object] = {}
    for path, names, read in rows:
        value = record.first(*names)
        if value is None or (value := read(value)) is None:
            continue
        put(result, path, value)
    return result


def put(result: dict[str, object], path: str, value: object) -> None:
    """Set the value at this dotted path, making the objects on the way."""
    *outer, last = path.split(".")
    for name in outer:
        inner = result.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        result = inner
    result[last] = value


def by_code(codes: Mapping[str, str | None]) -> Read:
    """A reader of codes: a number or its text becomes the name of that code; anything else stays as it is."""

    def read(value: object) -> object:
        code = whole(value)
        return value if code is None else codes.get(str(code), value)

    return read
