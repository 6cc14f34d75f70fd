"""Twins of Entra's records: what one says of itself alone (ids, who it was, from where), and its event from that of another one.

Of one kind of sign-in there are as many records as people at least. What they say but for these values is read once; who it was and where is
read from the values anew. A value counts as the record's own only in the plain form that every reader takes as it is.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Raw, structs

from ...model import Event
from ...reading.address import ip_of
from ...reading.fields import Notes
from ..identity import Who
from ..probe import OWN_VALUE, Question
from .detail import EntraSignIn
from .identity import identity_of, is_workload, object_id

type Own = tuple[str | None, ...]
"""The record's own values in the order of ``OWN``, before them its id, behind them its device. None: the value is absent or in another form."""

_ID = r"[0-9A-Za-z-]{1,64}"
PEOPLE = {
    "userId": _ID,
    "userPrincipalName": r"[0-9A-Za-z._-]{1,64}@[0-9A-Za-z.-]{1,64}",
    "userDisplayName": r"[0-9A-Za-z](?:[0-9A-Za-z ._'-]{0,62}[0-9A-Za-z])?",
    "ipAddress": r"[0-9A-Fa-f.:]{2,45}",
}
"""The properties that say who signed in and from where, each with its plain form. Of bytes all of them are own values, or none is."""

OWN = {"correlationId": _ID, "sessionId": _ID} | PEOPLE
"""The properties that may be a record's own, each with its plain form."""

NOBODY = (None,) * len(PEOPLE)

DEVICE = ("autonomousSystemNumber", "deviceDetail")
"""The properties that say on which network and device. Of bytes both are own values, or none is; of a parsed record none is."""

NO_DEVICE = (None,) * 3  # the number of the network, id and name of the device

SECOND_FACTOR = "multiFactorAuthentication"
TWO_FACTORS = f'"{SECOND_FACTOR}"'.encode()

_TIME_OF_STEP = re.compile(rb'"authenticationStepDateTime": ?"[0-9TZ:.+-]*"')  # a text cannot hold it: there its quotes are escaped
_WRITTEN = re.compile(",".join(f'"({form})"' for form in PEOPLE.values()).encode())
_DEVICE_NAME = r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,62}[0-9A-Za-z])?"
_SAID_OF_DEVICE = r'(?:, ?"(?:operatingSystem|browser|isCompliant|isManaged|trustType)": ?(?:true|false|null|"[^"\\]*"))*'
_ON_DEVICE = re.compile(
    rf'([1-9][0-9]{{0,8}}),\{{"deviceId": ?"({_ID})", ?"displayName": ?"({_DEVICE_NAME})"({_SAID_OF_DEVICE})\}}'.encode()
)
_TEXTS = tuple((name, re.compile(form)) for name, form in OWN.items())


@lru_cache(maxsize=4_096)
def own_people(written: bytes) -> tuple[str, ...] | None:
    """The values of ``PEOPLE`` in these bytes, which are in their order with commas; None if one is absent or in another form."""
    match = _WRITTEN.fullmatch(written)
    return tuple(value.decode() for value in match.groups()) if match is not None else None


@lru_cache(maxsize=2_048)
def own_device(written: bytes) -> tuple[tuple[str, ...], bytes] | None:
    """The own values in these bytes of ``DEVICE``, and what else they say of the device; None if one is absent or in another form."""
    match = _ON_DEVICE.fullmatch(written)
    return (tuple(value.decode() for value in match.groups()[:3]), match[4]) if match is not None else None


def own_parsed(data: Mapping[str, Any]) -> tuple[str | None, ...]:
    """The same of a record that is parsed already."""
    return tuple(value if type(value := data.get(name)) is str and form.fullmatch(value) else None for name, form in _TEXTS)


def people_parsed(data: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Only the values of ``PEOPLE``."""
    return own_parsed(data)[-len(PEOPLE) :]


def renewed(event: Event, question: Question, own: Own) -> Event:
    """The event of a twin with the values of this record, which is a sign-in."""
    sign_in_id, correlation, session, *people, network, device_id, device_name = own
    detail: Any = event.detail
    changes: dict[str, Any] = {"sign_in_id": sign_in_id}
    if correlation is not None:
        changes["correlation_id"] = object_id(correlation.lower())
    if session is not None:
        changes["session_id"] = object_id(session)
    if network is not None:
        changes["device"] = structs.replace(detail.device, device_id=device_id, display_name=device_name)
    return of_person(event, question, changes, people, network)


def of_person(event: Event, question: Question, changes: dict[str, Any], people: Sequence[str | None], network: str | None = None) -> Event:
    """The event of a twin with these changes of its detail, with these values of ``PEOPLE`` and this number of a network."""
    user_id, upn, display_name, address = people
    if user_id is not None:
        changes["user_id"] = object_id(user_id)
    if upn is not None:
        changes["upn"] = upn
    detail: Any = structs.replace(event.detail, **changes)  # type: ignore[type-var] # every member of the union is a struct
    where: dict[str, Any] = {} if address is None else {"address": address, "ip": ip_of(address)}
    if network is not None:
        where["asn"] = int(network)
    place = structs.replace(event.place, **where) if where else event.place
    program, stream = (detail.service_principal_id, detail.stream) if isinstance(detail, EntraSignIn) else (None, None)
    who = _who(stream, program, detail.user_id, detail.upn, place.ip or place.address) or event
    return structs.replace(
        event,
        vendor_id=question.vendor_id,
        time=question.time,
        subject=who.subject,
        principal=who.principal,
        person=who.person,
        names=who.names,
        user_name=who.user_name,
        display_name=event.display_name if display_name is None else display_name,
        place=place,
        detail=detail,
    )


@lru_cache(maxsize=4_096)
def _who(stream: str | None, program: str | None, user_id: str | None, upn: str | None, address: str | None) -> Who | None:
    """The identity of a user; None for a workload's, which none of these values changes."""
    if is_workload(stream) and program is not None:
        return None
    return identity_of(user_id, program, upn, address, Notes())


def steps(written: Raw, requirement: Raw) -> bytes:
    """What the steps of an authentication say about the second factor, without their times: nothing where the requirement is one."""
    return OWN_VALUE if bytes(requirement) == TWO_FACTORS else _TIME_OF_STEP.sub(OWN_VALUE, bytes(written))
