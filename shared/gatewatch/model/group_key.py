"""The identity of an alert."""

from msgspec import Struct


class GroupKey(Struct, frozen=True, gc=False, order=True):
    """The identity of an alert: family, account or tenant, principal, and UTC day (ISO date) of the activity."""

    family: str  # the provider's name, or that of the correlation
    account: str
    principal: str
    day: str
