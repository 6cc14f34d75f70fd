"""Reads Entra identities."""

from ...reading.fields import Notes
from ..identity import Who, person_key, unknown_principal
from .detail import EntraSubject

_NIL = "00000000-0000-0000-0000-000000000000"


def object_id(value: str | None) -> str | None:
    """An Entra object or request id; None for the nil id (all zeros)."""
    return None if value is None or value == _NIL else value


def identity_of(user_id: str | None, service_principal_id: str | None, upn: str | None, address: str | None, notes: Notes) -> Who:
    """The Entra identity. Its principal is userId, else servicePrincipalId, else UPN, else unknown by address."""
    names = tuple(name for name in (upn, user_id, service_principal_id) if name)
    if user_id is None and service_principal_id is not None:
        return Who(subject=EntraSubject.SERVICE_PRINCIPAL, principal=service_principal_id.lower(), names=names, user_name=upn)
    person = person_key(upn)
    if person and upn and person != upn.casefold():
        names += (person,)
    principal = user_id.lower() if user_id else person
    if principal is None:
        return unknown_principal(address, notes)
    return Who(subject=EntraSubject.USER, principal=principal, person=person, names=names, user_name=upn)
