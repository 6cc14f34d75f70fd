"""What one copy of a record does not say, another copy of it does: Graph v1.0 shows 23 properties of a sign-in, a pushed record all.

Only what never changes is taken from an older version. Its risk is the newest version's own word, also where that says nothing.
"""

from msgspec import structs

from ...model import Event, Fact
from .detail import Device, EntraSignIn, sign_in_of

_OWN = frozenset({"level_during", "level_aggregated", "risk_state", "risk_detail", "risk_types", "category", "synthetic"})
_FILLED = tuple(field for field in EntraSignIn.__struct_fields__ if field not in _OWN)
_UNSAID = (None, Fact.UNKNOWN, Device())


def complete(newest: Event, older: Event) -> Event:
    """The newest version of a sign-in with the facts that it lacks and the older one has; other records as they are."""
    sign_in, before = sign_in_of(newest), sign_in_of(older)
    if sign_in is None or before is None or before.synthetic:
        return newest
    known = {name: value for name in _FILLED if getattr(sign_in, name) in _UNSAID and (value := getattr(before, name)) not in _UNSAID}
    beside = {
        name: value for name in ("user_agent", "client") if getattr(newest, name) is None and (value := getattr(older, name)) is not None
    }
    if newest.place.asn is None and older.place.asn is not None and newest.place.ip == older.place.ip:
        beside["place"] = older.place
    if not known and not beside:
        return newest
    return structs.replace(newest, detail=structs.replace(sign_in, **known), **beside)
