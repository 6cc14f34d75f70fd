"""Who a record is about: person keys that cross clouds, principals and the names a tuning list may use."""

import re
import unicodedata

from msgspec import Struct

from ..model import OTHER
from ..reading.fields import Notes

_GUEST = re.compile(r"(?P<home>.+)#ext#@[^@]*", re.IGNORECASE | re.DOTALL)
_EXTERNAL_PROVIDER = re.compile(r"(?:live\.com|google\.com|facebook\.com|mail)#(?P<home>[^#@]+@[^#@]+)", re.IGNORECASE)


class Who(Struct, frozen=True, kw_only=True):
    """An identity as found in one record."""

    subject: str  # by the provider's own vocabulary
    principal: str
    person: str | None = None
    names: tuple[str, ...] = ()
    user_name: str | None = None


def person_key(name: str | None) -> str | None:
    """The key that joins one person's activity across clouds: NFC and case folding, guests under their home address.

    No compatibility folding and no confusable folding: a homoglyph stays a different person.
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
    """The stand-in for a missing identity: grouped by address, and doubted."""
    notes.doubt("identity_missing")
    return Who(subject=OTHER, principal=f"UNKNOWN|{address or ''}")
