"""Values that should be objects or lists and are other text: an export cut them, or wrote the name of their type in their place."""

from .fields import mapping, parse_once

_NOTHING = frozenset({"", "null", "none", "nan", "-", "{}", "[]"})


def is_lost_object(value: object) -> bool:
    """Whether a value that should be an object is present and is none. Words for nothing (``null``, ``-``) are absent values."""
    if value is None or isinstance(value, dict) or value == []:
        return False
    if isinstance(value, str) and says_nothing(value):
        return False
    return not mapping(value)


def says_nothing(text: str) -> bool:
    """Whether a text is a word for nothing."""
    return text.strip().casefold() in _NOTHING


def is_cut_list(value: object) -> bool:
    """Whether a text begins as a list of JSON and is none."""
    return isinstance(value, str) and value.lstrip()[:2] in {'["', "[{"} and not isinstance(parse_once(value), list)
