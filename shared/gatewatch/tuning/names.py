"""How names of people and principals compare."""

import unicodedata


def fold(name: str) -> str:
    """How identifiers compare: NFC and casefold; no compatibility folding, so a homoglyph stays a different name."""
    return unicodedata.normalize("NFC", name.strip()).casefold()
