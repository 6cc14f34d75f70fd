"""Who a record is about: person keys that cross clouds, principals and the names a tuning list may use."""

import re
import unicodedata

from msgspec import Struct

from ..model import Subject
from ..reading.fields import Fields, Notes

HIDDEN_NAME = "HIDDEN_DUE_TO_SECURITY_REASONS"
IDENTITY_CENTER_ROLE_PREFIX = "AWSReservedSSO_"

_GUEST = re.compile(r"(?P<home>.+)#ext#@[^@]*", re.IGNORECASE | re.DOTALL)
_EXTERNAL_PROVIDER = re.compile(r"(?:live\.com|google\.com|facebook\.com|mail)#(?P<home>[^#@]+@[^#@]+)", re.IGNORECASE)
_NIL = "00000000-0000-0000-0000-000000000000"
_INSTANCE = re.compile(r"i-(?=[a-z]*[0-9A-Z])[0-9A-Za-z]+", re.ASCII)


class Who(Struct, frozen=True, kw_only=True):
    """An identity as found in one record."""

    subject: Subject
    principal: str
    person: str | None = None
    names: tuple[str, ...] = ()
    user_name: str | None = None


class Role(Struct, frozen=True, kw_only=True):
    """An assumed role: the session's ARN, the role's own ARN where a record gives it, its name and the session name."""

    arn: str | None = None  # as the record gives it; may have a path
    short_arn: str | None = None  # without the path: role names are unique in an account, and not every record shows the path
    name: str | None = None
    session: str | None = None


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


def object_id(value: str | None) -> str | None:
    """An Entra object or request id; the nil id names nobody."""
    return None if value is None or value == _NIL else value


def unknown_principal(address: str | None, notes: Notes) -> Who:
    """The stand-in for a missing identity: grouped by address, and doubted."""
    notes.doubt("identity_missing")
    return Who(subject=Subject.OTHER, principal=f"UNKNOWN|{address or ''}")


def hidden(address: str | None) -> Who:
    """CloudTrail hides the name when the user typed a wrong one: not a person, grouped by address."""
    return Who(subject=Subject.HIDDEN, principal=f"HIDDEN|{address or ''}", user_name=HIDDEN_NAME)


def entra(user_id: str | None, service_principal_id: str | None, upn: str | None, address: str | None, notes: Notes) -> Who:
    """An Entra identity: userId, else servicePrincipalId, else UPN."""
    names = tuple(name for name in (upn, user_id, service_principal_id) if name)
    if user_id is None and service_principal_id is not None:
        return Who(subject=Subject.SERVICE_PRINCIPAL, principal=service_principal_id.lower(), names=names, user_name=upn)
    person = person_key(upn)
    if person and upn and person != upn.casefold():
        names += (person,)
    principal = user_id.lower() if user_id else person
    if principal is None:
        return unknown_principal(address, notes)
    return Who(subject=Subject.ENTRA_USER, principal=principal, person=person, names=names, user_name=upn)


def role_of(identity: Fields, arn: str | None, principal_id: str | None, notes: Notes) -> Role:
    """The assumed role behind a ``userIdentity``, from its session issuer and its ARN."""
    issuer = identity.object("sessionContext").object("sessionIssuer")
    issuer_arn = notes.text(issuer.get("arn"), "role_arn")
    partition, account, path = _arn_parts(arn)
    name = session = None
    if path[0] == "assumed-role" and len(path) >= 3:
        name, session = path[-2], path[-1]
    issuer_partition, issuer_account, issuer_path = _arn_parts(issuer_arn)
    if issuer_path[0] == "role" and len(issuer_path) > 1:
        name = issuer_path[-1]
        partition, account = issuer_partition, issuer_account
    name = name or notes.text(issuer.get("userName"), "role_name")
    if session is None and principal_id and ":" in principal_id:
        session = principal_id.partition(":")[2] or None
    account = account or notes.text(identity.get("accountId"), "account") or ""
    short = f"arn:{partition or 'aws'}:iam::{account}:role/{name}" if name else None
    return Role(arn=issuer_arn or short, short_arn=short, name=name, session=session)


def role_subject(role: Role, *, saml: bool) -> Subject:
    """What kind of role session signs in; decided by the role's name and provider, never by a substring the caller chose."""
    if saml:
        return Subject.SAML_ROLE
    if role.name and role.name.startswith(IDENTITY_CENTER_ROLE_PREFIX):
        return Subject.IDENTITY_CENTER_ROLE
    if role.session and _INSTANCE.fullmatch(role.session):
        return Subject.INSTANCE_ROLE
    return Subject.ASSUMED_ROLE


def arn_account(arn: str | None) -> str | None:
    """The account in an ARN."""
    return _arn_parts(arn)[1] or None


def arn_resource(arn: str | None) -> tuple[str, str]:
    """The resource of an ARN as type and name: ``("user", "anaya")``, ``("root", "")``."""
    path = _arn_parts(arn)[2]
    return path[0], path[-1] if len(path) > 1 else ""


def _arn_parts(arn: str | None) -> tuple[str, str, list[str]]:
    parts = (arn or "").split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return "", "", [""]
    return parts[1], parts[4], parts[5].split("/")
