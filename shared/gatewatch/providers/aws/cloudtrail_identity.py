"""Reads CloudTrail's ``userIdentity``: who acted, and in which account."""

from msgspec import Struct, structs

from ...model import OTHER, Fact
from ...reading.fields import Fields, Notes, fact, harmless, scalar, single, word
from ..identity import Who, person_key, unknown_principal
from . import identity
from .detail import AwsSubject
from .identity import Role

_KNOWN_TYPES = frozenset({
    "root", "iamuser", "assumedrole", "federateduser", "samluser", "webidentityuser", "directory", "role",
    "awsaccount", "awsservice", "identitycenteruser", "unknown",
})  # fmt: skip
_ACCOUNT_LIMIT_CHARS = 64
_BY_ARN = {"root": "root", "user": "iamuser", "assumed-role": "assumedrole", "federated-user": "federateduser"}


class Found(Struct, frozen=True, gc=False, kw_only=True):
    """The fields of ``userIdentity``, in addition to the identity itself."""

    user_type: str | None
    user_name: str | None
    principal_id: str | None
    arn: str | None
    role: Role
    access_key_id: str | None
    issuer_type: str | None
    issuer_name: str | None
    issuer_principal_id: str | None
    issuer_account: str | None
    session_created: str | None
    mfa_authenticated: Fact
    saml_provider_arn: str | None
    invoked_by: str | None = None
    role_delivery: str | None = None


def account(value: object) -> str | None:
    """An account id, or None. If an export turned it into a number, its leading zeros are restored."""
    text = scalar(value)
    if text is None or len(text) > _ACCOUNT_LIMIT_CHARS:
        return None
    return harmless(text if isinstance(single(value), str) else text.zfill(12))


def account_of(record: Fields, envelope: Fields | None) -> str | None:
    """The account of the event: recipientAccountId, else userIdentity.accountId, else the envelope's account."""
    found = account(record.get("recipientAccountId")) or account(record.object("userIdentity").get("accountId"))
    return found or (account(envelope.get("account")) if envelope is not None else None)


def caller(record: Fields) -> tuple[str | None, bool]:
    """The access key of a record, and whether the role of an instance acted. Reads few fields, for records that may be ignored."""
    who = record.object("userIdentity")
    session = (scalar(who.get("principalId")) or "").partition(":")[2]
    return scalar(who.get("accessKeyId")), identity.is_instance(session) and word(who.get("type")) == "assumedrole"


def read(record: Fields, account_id: str | None, address: str | None, notes: Notes) -> tuple[Who, Found]:
    """The identity that acted, and the fields of ``userIdentity``."""
    found = _found(record, notes)
    if identity.HIDDEN_NAME in {found.user_name, found.principal_id, found.role.session}:
        return identity.hidden(address), found
    kind = (found.user_type or "").casefold()
    if kind and kind not in _KNOWN_TYPES:
        notes.doubt("unknown_enum")
    who: Who | None
    subject: str
    match kind if kind in _KNOWN_TYPES else _BY_ARN.get(identity.arn_resource(found.arn)[0], ""):
        case "root":
            return _root(found, account_id), found
        case "iamuser":
            who, subject = _iam_user(found, account_id), AwsSubject.IAM_USER
        case "assumedrole":
            who, subject = _role(found), identity.role_subject(found.role, saml=found.saml_provider_arn is not None)
        case "federateduser":
            who, subject = _federated(found), AwsSubject.FEDERATED_USER
        case _:
            who, subject = _other(record, found, address, notes), OTHER
            if not kind:
                notes.doubt("identity_missing")
    if who is None:  # no name is known, but rules still need the kind of identity
        who = structs.replace(unknown_principal(address, notes), subject=subject)
    return who, found


def _found(record: Fields, notes: Notes) -> Found:
    who = record.object("userIdentity")
    session = who.object("sessionContext")
    issuer = session.object("sessionIssuer")
    attributes = session.object("attributes")
    arn = notes.text(who.get("arn"), "arn")
    principal_id = notes.text(who.get("principalId"), "principal_id")
    issuer_arn = notes.text(issuer.get("arn"), "role_arn")
    assumed = word(who.get("type")) == "assumedrole" or identity.arn_resource(arn)[0] == "assumed-role"
    return Found(
        user_type=notes.text(who.get("type"), "user_type"),
        user_name=notes.text(who.get("userName"), "user_name"),
        principal_id=principal_id,
        arn=arn,
        role=identity.role_of(who, arn, principal_id, notes) if assumed else Role(),
        access_key_id=notes.text(who.get("accessKeyId"), "access_key_id"),
        issuer_type=notes.text(issuer.get("type"), "issuer_type"),
        issuer_name=notes.text(issuer.get("userName"), "issuer_name"),
        issuer_principal_id=notes.text(issuer.get("principalId"), "issuer_principal_id"),
        issuer_account=account(issuer.get("accountId")) or identity.arn_account(issuer_arn),
        session_created=notes.text(attributes.get("creationDate"), "session_created"),
        mfa_authenticated=fact(attributes.get("mfaAuthenticated")),
        saml_provider_arn=notes.text(record.object("additionalEventData").get("SamlProviderArn"), "saml_provider_arn"),
        invoked_by=notes.text(who.get("invokedBy"), "invoked_by"),
        role_delivery=notes.text(session.get("ec2RoleDelivery"), "role_delivery"),
    )


def _root(found: Found, account_id: str | None) -> Who:
    arn = found.arn or (f"arn:aws:iam::{account_id}:root" if account_id else None)
    return Who(subject=AwsSubject.ROOT, principal="root", names=_names(arn, found.principal_id), user_name="root")


def _iam_user(found: Found, account_id: str | None) -> Who | None:
    name = found.user_name or identity.arn_resource(found.arn)[1] or None
    if name is None and found.principal_id is None:
        return None
    arn = found.arn or (f"arn:aws:iam::{account_id}:user/{name}" if account_id and name else None)
    return Who(
        subject=AwsSubject.IAM_USER,
        principal=name or found.principal_id or "",
        person=person_key(name),
        names=_names(arn, name, found.principal_id),
        user_name=name,
    )


def _role(found: Found) -> Who | None:
    role = found.role
    if role.short_arn is None and role.session is None and found.principal_id is None:
        return None
    subject = identity.role_subject(role, saml=found.saml_provider_arn is not None)
    machine = subject == AwsSubject.INSTANCE_ROLE
    return Who(
        subject=subject,
        principal=f"{role.short_arn or found.arn or found.principal_id or ''}|{role.session or ''}",
        person=None if machine else person_key(role.session),
        names=_names(found.arn, role.arn, role.short_arn, role.session, found.principal_id),
        user_name=role.session,
    )


def _federated(found: Found) -> Who | None:
    """A GetFederationToken session. The caller chooses the session name; the issuer is the IAM user who called."""
    name = identity.arn_resource(found.arn)[1] or (found.principal_id or "").partition(":")[2] or found.user_name
    principal = found.arn or found.principal_id or name
    if not principal:
        return None
    return Who(
        subject=AwsSubject.FEDERATED_USER,
        principal=principal,
        person=person_key(found.issuer_name or name or None),
        names=_names(found.arn, name, found.principal_id, found.issuer_name),
        user_name=name or None,
    )


def _other(record: Fields, found: Found, address: str | None, notes: Notes) -> Who | None:
    """Other identities: Identity Center users (type Unknown or IdentityCenterUser), services, other accounts."""
    behalf = record.object("userIdentity").object("onBehalfOf")
    extra = record.object("additionalEventData")
    user_id = notes.text(behalf.get("userId"), "on_behalf_of")
    store = notes.text(behalf.get("identityStoreArn"), "identity_store")
    typed = notes.text(extra.get("UserName"), "typed_name")
    if typed == identity.HIDDEN_NAME:
        if user_id is None:
            return identity.hidden(address)
        typed = None
    name = found.user_name or typed
    key = f"{store}|{user_id}" if store and user_id else user_id
    principal = key or found.arn or name or found.principal_id
    if principal is None:
        return None
    identity_center = user_id is not None or extra.has("AuthWorkflowID") or (found.user_type or "").casefold() == "identitycenteruser"
    return Who(
        subject=AwsSubject.IDENTITY_CENTER_USER if identity_center else OTHER,
        principal=principal,
        person=person_key(name),
        names=_names(found.arn, name, found.principal_id, user_id, key),
        user_name=name,
    )


def _names(*names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
