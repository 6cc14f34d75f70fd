"""Reads AWS identities: hidden names, assumed roles, ARNs."""

import re

from msgspec import Struct

from ...reading.fields import Fields, Notes
from ..identity import Who
from .detail import AwsSubject

HIDDEN_NAME = "HIDDEN_DUE_TO_SECURITY_REASONS"
IDENTITY_CENTER_ROLE_PREFIX = "AWSReservedSSO_"
IDENTITY_CENTER_ROLE_PATH = "aws-reserved/sso.amazonaws.com/"
LONG_TERM_KEY_PREFIX = "AKIA"  # IAM user guide, "IAM identifiers": AKIA is an access key, ASIA a temporary one

_INSTANCE = re.compile(r"i-(?=[a-z]*[0-9A-Z])[0-9A-Za-z]+", re.ASCII)


class Role(Struct, frozen=True, gc=False, kw_only=True):
    """An assumed role: its ARN, its name, and the name of the session."""

    arn: str | None = None  # as in the record; may contain a path
    short_arn: str | None = None  # without the path: role names are unique in an account, and some records do not show the path
    name: str | None = None
    session: str | None = None
    path: str | None = None  # the path in the ARN of its issuer ("" for none), or None if no record shows one


def is_long_term_key(access_key: str | None) -> bool:
    """Whether this access key id is that of a long-term key, not of a session."""
    return access_key is not None and access_key.startswith(LONG_TERM_KEY_PREFIX)


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
    role_path = None
    if issuer_path[0] == "role" and len(issuer_path) > 1:
        name, role_path = issuer_path[-1], "".join(f"{part}/" for part in issuer_path[1:-1])
        partition, account = issuer_partition, issuer_account
    name = name or notes.text(issuer.get("userName"), "role_name")
    if session is None and principal_id and ":" in principal_id:
        session = principal_id.partition(":")[2] or None
    account = account or notes.text(identity.get("accountId"), "account") or ""
    short = f"arn:{partition or 'aws'}:iam::{account}:role/{name}" if name else None
    return Role(arn=issuer_arn or short, short_arn=short, name=name, session=session, path=role_path)


def role_subject(role: Role, *, saml: bool) -> AwsSubject:
    """The kind of role session. The role and its provider decide it, or the full form of an instance id as session name."""
    if saml:
        return AwsSubject.SAML_ROLE
    if is_identity_center(role):
        return AwsSubject.IDENTITY_CENTER_ROLE
    if is_instance(role.session):
        return AwsSubject.INSTANCE_ROLE
    return AwsSubject.ASSUMED_ROLE


def is_identity_center(role: Role) -> bool:
    """Whether Identity Center made this role: only AWS can make a role with this path. Without a path the name has to do."""
    if role.path is not None:
        return role.path.startswith(IDENTITY_CENTER_ROLE_PATH)
    return is_identity_center_by_name(role)


def is_identity_center_by_name(role: Role) -> bool:
    """Whether only the role's name says that Identity Center made it, because the record shows no path."""
    return role.path is None and (role.name or "").startswith(IDENTITY_CENTER_ROLE_PREFIX)


def is_instance(session: str | None) -> bool:
    """Whether this is the session name of an EC2 instance: the full form of an instance id."""
    return session is not None and _INSTANCE.fullmatch(session) is not None


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
