"""The identity in a record: its principal, its person key, and the names that a tuning list may contain."""

import re
import unicodedata

from msgspec import Struct

from ..model import OTHER
from ..reading.fields import Notes
from ..reading.late_pattern import LatePattern

_GUEST = LatePattern(r"(?P<home>.+)#ext#@[^@]*", re.IGNORECASE | re.DOTALL)
_EXTERNAL_PROVIDER = LatePattern(r"(?:live\.com|google\.com|facebook\.com|mail)#(?P<home>[^#@]+@[^#@]+)", re.IGNORECASE)


class Who(Struct, frozen=True, gc=False, kw_only=True):
    """The identity in one record."""

    subject: str  # kind of identity, in the provider's own vocabulary
    principal: str
    person: str | None = None
    names: tuple[str, ...] = ()
    user_name: str | None = None


def person_key(name: str | None) -> str | None:
    """The key that joins the activities of one person across clouds, or None.

    It is the name after NFC and case folding; a guest gets the address in the home tenant. There is no compatibility
    or confusable folding, so a homoglyph stays a different person.
    """
    if name is None:
        return None
    folded = unicodedata.normalize("NFC", name.strip()).casefold()
    if match := _GUEST.fullmatch(folded):
        home = match["home"]
        local, mark, domain = home.rpartition("_")
        folded = f"{local}@{domain}" if mark and local and domain and "@" not in home else home
    if match := _EXTERNAL_PROVIDER.fullmatch(folded):
        folded = match["home"]
    return folded or None


def unknown_principal(address: str | None, notes: Notes) -> Who:
    """The identity of a record that names none. It is grouped by address and flagged ``identity_missing``."""
    notes.doubt("identity_missing")
    return Who(subject=OTHER, principal=f"UNKNOWN|{address or ''}")
