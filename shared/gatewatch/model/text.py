"""Strings that an attacker may have written: compare them, and make them safe to print (visible, bounded, no link, no markup)."""

import re
import unicodedata

# Control, format (bidi, zero width, tags), surrogate, private, unassigned, line and paragraph separators.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that are not visible: combining grapheme joiner, Hangul and Khmer fillers, Braille blank, Mongolian and other variation selectors.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(c) for c in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))}
_SELECTORS = range(0xE0100, 0xE01F0)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):(?=//)")
_MARKS_IN_A_ROW = 3

VALUE_LIMIT = 300


def fold(name: str) -> str:
    """The form in which identifiers are compared: NFC and casefold, without surrounding blanks.

    There is no compatibility folding, so a homoglyph stays a different name.
    """
    return unicodedata.normalize("NFC", name.strip()).casefold()


def visible(text: str, limit: int = VALUE_LIMIT) -> str:
    r"""The text on one line, with hidden characters escaped (``\u202e``) and links broken (``http[:]//``).

    Printable letters of every script are kept. The result never contains a control, bidi or zero-width character.
    Longer text is cut to ``limit`` characters and ends with its original length.
    """
    if len(text) <= limit and text.isascii() and text.isprintable() and "//" not in text:
        return text  # most texts: nothing in them is hidden, and no link
    cut = text[: limit + 1]
    shown = _SCHEME.sub(r"\1[:]", "".join(_escaped(cut)))
    if len(text) <= limit and len(shown) <= limit:
        return shown
    mark = f"… ({len(text)} characters)"
    return shown[: max(0, limit - len(mark))] + mark


def _escaped(text: str) -> list[str]:
    found: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        hidden = _is_hidden(character) or marks > _MARKS_IN_A_ROW
        found.append(_code(character) if hidden else character)
    return found


def _is_hidden(character: str) -> bool:
    if character == " ":
        return False
    category = unicodedata.category(character)
    return category in _HIDDEN_CATEGORIES or category == "Zs" or character in _BLANKS or ord(character) in _SELECTORS


def _code(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def ascii_only(text: str, limit: int) -> str:
    """The text as printable ASCII of at most ``limit`` characters, as an SNS subject requires."""
    shown = visible(text, limit * 4).encode("ascii", "backslashreplace").decode("ascii")
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."
