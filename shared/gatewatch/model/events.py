"""One raw record, understood: what every provider makes, and the detail that its own kind adds."""

from datetime import datetime
from typing import Any, cast

from msgspec import Struct

from .enums import Outcome

OTHER = "other"
"""The subject of an event when its kind of identity is not known."""


class Detail:
    """What one kind of record adds to an event: a member of the tagged union that the catalogue of providers puts together.

    Members are frozen structs in the providers' folders. A new kind needs no edit here; decoding goes through ``providers.codec``.
    """

    __slots__ = ()

    @classmethod
    def kind(cls) -> str:
        """The tag of this member: the name of its kind in documents and case files."""
        return str(cast("Any", cls).__struct_config__.tag)


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a request came from; ``ip`` only if it is one, ``address`` as the vendor wrote it (blanks stripped)."""

    address: str | None = None
    ip: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2, upper case
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    asn: int | None = None
    as_organization: str | None = None


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One raw record, understood: what every provider makes, and in ``detail`` what its own kind adds."""

    vendor_id: str  # provider's prefix | the vendor's id, else the prefix + sha256 of the canonical JSON
    time: datetime | None  # activity time; None when the record has none (readers use the earliest stored ingest time)
    action: str
    outcome: Outcome
    subject: str = OTHER  # who acted, by the provider's own vocabulary
    account: str | None = None  # account or tenant id; None where events have none
    principal: str  # stable id within the account: what alerts group by
    person: str | None = None  # raw person key (NFC + casefold), before aliases: what crosses clouds
    names: tuple[str, ...] = ()  # every identifier a tuning list may name
    local_names: tuple[str, ...] = ()  # names that mean somebody only by an alias of the tuning (an OS user)
    user_name: str | None = None
    display_name: str | None = None
    place: Place = Place()
    user_agent: str | None = None
    client: str | None = None  # coarse client for history ("chrome/windows", a tool, an application id)
    updated: datetime | None = None  # lastUpdatedDateTime: orders versions of one vendor id
    truncated: tuple[str, ...] = ()  # names of fields that were cut to their bound
    data_quality: tuple[str, ...] = ()  # unknown_outcome, unknown_enum, time_missing, identity_missing, ...
    detail: Detail

    @property
    def kind(self) -> str:
        """The kind of its detail."""
        return self.detail.kind()
