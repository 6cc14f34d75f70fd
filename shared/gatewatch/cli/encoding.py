"""What a terminal shows that cannot write every character (cp1252, ASCII): the nearest plain sign, never an error."""

import codecs
from typing import TextIO

NEAREST = "gatewatch.nearest"
"""The name of the error handler that ``nearest`` becomes."""

_SIGNS = str.maketrans({
    "━": "=", "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "▸": ">", "→": "->", "…": "...", "·": "-", "•": "*",
    "\N{EN DASH}": "-", "—": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'", "“": '"', "”": '"', "≥": ">=", "≤": "<=", "\N{MULTIPLICATION SIGN}": "x", "\N{REPLACEMENT CHARACTER}": "?",
})  # fmt: skip


def nearest(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding lacks: signs of our own by plain ones, any other character by its escape, so that it can still be told."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_plain(character) for character in missing), error.end


def _plain(character: str) -> str:
    sign = character.translate(_SIGNS)
    return sign if sign.isascii() else character.encode("ascii", "backslashreplace").decode("ascii")


def tolerant(stream: TextIO) -> TextIO:
    """The same stream, which from now on writes every character in some form."""
    codecs.register_error(NEAREST, nearest)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors=NEAREST)
    return stream
