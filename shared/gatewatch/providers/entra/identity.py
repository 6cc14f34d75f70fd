"""Reads Entra identities."""

from ...reading.fields import Notes
from ..identity import Who, person_key, unknown_principal
from .detail import EntraSignIn, EntraSubject

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


_WORKLOADS = {"serviceprincipal": EntraSubject.SERVICE_PRINCIPAL, "managedidentity": EntraSubject.MANAGED_IDENTITY}


def is_workload(stream: str | None) -> bool:
    """Whether a sign-in of this stream is that of a program."""
    return stream in _WORKLOADS


def sign_in_identity(sign_in: EntraSignIn, address: str | None, notes: Notes) -> Who:
    """The identity of a sign-in. Only the stream says that it is a workload: records of users name a service principal as well."""
    workload, service_principal = _WORKLOADS.get(sign_in.stream or ""), sign_in.service_principal_id
    if workload is None or service_principal is None:
        return identity_of(sign_in.user_id, service_principal, sign_in.upn, address, notes)
    names = tuple(name for name in (service_principal, sign_in.app_id, sign_in.service_principal_name) if name)
    return Who(subject=workload, principal=service_principal.lower(), names=names, user_name=sign_in.service_principal_name)
