"""Reads AWS identities: hidden names, assumed roles, ARNs."""

import re

from msgspec import Struct

from ...reading.fields import Fields, Notes
from ..identity import Who
from .detail import AwsSubject

HIDDEN_NAME = "HIDDEN_DUE_TO_SECURITY_REASONS"
IDENTITY_CENTER_ROLE_PREFIX = "AWSReservedSSO_"

_INSTANCE = re.compile(r"i-(?=[a-z]*[0-9A-Z])[0-9A-Za-z]+", re.ASCII)


class Role(Struct, frozen=True, kw_only=True):
    """An assumed role: its ARN, its name, and the name of the session."""

    arn: str | None = None  # as in the record; may contain a path
    short_arn: str | None = None  # without the path: role names are unique in an account, and some records do not show the path
    name: str | None = None
    session: str | None = None


def hidden(address: str | None) -> Who:
    """The identity of a failed login whose wrong user name CloudTrail hides. It is grouped by address."""
    return Who(subject=AwsSubject.HIDDEN, principal=f"HIDDEN|{address or ''}", user_name=HIDDEN_NAME)


def role_of(identity: Fields, arn: str | None, principal_id: str | None, notes: Notes) -> Role:
    """The assumed role of a ``userIdentity``, from its session issuer and its ARN."""
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


def role_subject(role: Role, *, saml: bool) -> AwsSubject:
    """The kind of role session. The role's name and provider decide it, or the full form of an instance id as session name."""
    if saml:
        return AwsSubject.SAML_ROLE
    if role.name and role.name.startswith(IDENTITY_CENTER_ROLE_PREFIX):
        return AwsSubject.IDENTITY_CENTER_ROLE
    if role.session and _INSTANCE.fullmatch(role.session):
        return AwsSubject.INSTANCE_ROLE
    return AwsSubject.ASSUMED_ROLE


def arn_account(arn: str | None) -> str | None:
    """The account in an ARN, or None."""
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
