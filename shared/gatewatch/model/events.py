"""Events: the common fields of a normalised record, and the detail that its kind adds."""

from datetime import datetime
from typing import Any, cast

from msgspec import Struct

from .enums import Outcome

OTHER = "other"
"""The subject of an event whose kind of identity is unknown."""


class Detail:
    """The fields that one kind of record adds to an event. Each kind is a member of a tagged union.

    The members are frozen structs in the providers' folders; the catalogue of providers builds the union and ``providers.codec``
    decodes it. A new kind needs no edit here.
    """

    __slots__ = ()

    @classmethod
    def kind(cls) -> str:
        """The tag of this member, which is the name of its kind in documents and case files."""
        return str(cast("Any", cls).__struct_config__.tag)


class Place(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Where a request came from. ``address`` is the vendor's text without surrounding blanks; ``ip`` is set only for an IP address."""

    address: str | None = None
    ip: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2, upper case
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    asn: int | None = None
    as_organization: str | None = None


class Event(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One raw record, normalised. The fields are common to all providers; ``detail`` holds what the kind of record adds."""

    vendor_id: str  # "prefix|id": the provider's prefix, and the vendor's id or the SHA-256 of the canonical JSON
    time: datetime | None  # activity time; None when the record has none (then the earliest stored ingest time is used)
    action: str
    outcome: Outcome
    subject: str = OTHER  # kind of identity that acted, in the provider's own vocabulary
    account: str | None = None  # account or tenant id; None where events have no account
    principal: str  # stable id within the account; alerts are grouped by it
    person: str | None = None  # person key (NFC + casefold) before aliases; it joins activities across clouds
    names: tuple[str, ...] = ()  # every identifier that a tuning list may contain
    local_names: tuple[str, ...] = ()  # names that identify a person only through an alias of the tuning (an OS user)
    user_name: str | None = None
    display_name: str | None = None
    place: Place = Place()
    user_agent: str | None = None
    client: str | None = None  # coarse client, a feature of familiarity ("chrome/windows", a tool, an application id)
    updated: datetime | None = None  # lastUpdatedDateTime: orders versions of one vendor id
    truncated: tuple[str, ...] = ()  # names of fields that were cut to their bound
    data_quality: tuple[str, ...] = ()  # unknown_outcome, unknown_enum, time_missing, identity_missing, ...
    detail: Detail

    @property
    def kind(self) -> str:
        """The kind of the event: the tag of its detail."""
        return self.detail.kind()
