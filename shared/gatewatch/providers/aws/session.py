"""The session that an AWS sign-in opens, and what any CloudTrail record says of the session that it was made with.

A console session's calls carry temporary keys of their own, with the principal id of the sign-in and its time as the session's creation
time. Source: CloudTrail user guide, "userIdentity element" (sessionContext.attributes.creationDate); seen in published attack logs.
"""

from ...model import Event, Outcome
from ...model.tokens import access_key_token
from ...reading.fields import Fields, flag, mapping, scalar
from ...reading.times import moment
from ..session import OpenedSession, Trace, key_token
from .detail import AwsSignIn, aws_of

_OPENS = frozenset({"ConsoleLogin", "SwitchRole", "CreateOAuth2Token", "GetFederationToken", "GetRoleCredentials", "CreateToken"})

_KEY_PREFIXES = ("AKIA", "ASIA")  # IAM user guide, "IAM identifiers": a long-term and a temporary access key

HOT = frozenset({
    # ways back
    "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "CreateUser", "CreateRole", "AttachUserPolicy", "AttachRolePolicy",
    "AttachGroupPolicy", "PutUserPolicy", "PutRolePolicy", "PutGroupPolicy", "AddUserToGroup", "UpdateAssumeRolePolicy", "CreatePolicyVersion",
    "SetDefaultPolicyVersion", "DeactivateMFADevice", "DeleteVirtualMFADevice", "CreateVirtualMFADevice", "EnableMFADevice", "GetFederationToken",
    "CreateSAMLProvider", "UpdateSAMLProvider", "CreateOpenIDConnectProvider", "CreateServiceSpecificCredential", "UploadSSHPublicKey",
    "CreateAccountAssignment", "AttachManagedPolicyToPermissionSet", "PutInlinePolicyToPermissionSet", "SwitchRole", "CreateTrustAnchor",
    # what runs or moves
    "SendCommand", "StartSession", "RunInstances", "CreateFunction20150331", "UpdateFunctionCode20150331v2", "AddPermission20150331v2",
    "CreateKeyPair", "ImportKeyPair", "SendSSHPublicKey", "SendSerialConsoleSSHPublicKey", "AuthorizeSecurityGroupIngress", "ModifyInstanceAttribute",
    # data taken or shared
    "GetSecretValue", "BatchGetSecretValue", "GetPasswordData", "ModifySnapshotAttribute", "ModifyImageAttribute", "ModifyDBSnapshotAttribute",
    "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "CreateGrant",
    # blinding
    "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteDetector", "UpdateDetector", "DisableRule", "DeleteRule",
    "RemoveTargets", "DeleteFlowLogs", "StopConfigurationRecorder", "DeleteConfigurationRecorder", "DisableSecurityHub", "LeaveOrganization",
    "DeleteLogGroup", "DeleteLogStream", "PutBucketLifecycle", "ScheduleKeyDeletion",
})  # fmt: skip
"""Calls that a responder wants to see first. Sources: the playbooks; Stratus Red Team's AWS techniques."""


def opens(event: Event) -> OpenedSession | None:
    """The session that this sign-in opened, or that a key in use belongs to; None for a failure and for a record of neither."""
    aws = aws_of(event)
    if aws is None or event.time is None or event.outcome is not Outcome.SUCCESS:
        return None
    keys = tuple(key_token(key) for key in _keys(aws))
    if aws.event_name in _OPENS:
        return OpenedSession(exact=keys, principal=aws.federated_user_id or aws.principal_id, start=event.time)
    return OpenedSession(exact=keys, start=event.time) if keys else None


def mentions(event: Event) -> tuple[str, ...]:
    """The tokens of the access keys that this record was made with or hands out. What an export put in their place is none."""
    aws = aws_of(event)
    if aws is None or not (aws.access_key_id or aws.issued_key):
        return ()
    return tuple([access_key_token(key) for key in _keys(aws) if key.startswith(_KEY_PREFIXES)])


def _keys(aws: AwsSignIn) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in (aws.access_key_id, aws.issued_key) if key))


def trace(record: Fields) -> Trace | None:
    """What a CloudTrail record says of its session; None for anything else and for a record without a principal."""
    name, time = scalar(record.get("eventName")), moment(record.get("eventTime"))
    source = scalar(record.get("eventSource"))
    if name is None or time is None or source is None:
        return None
    identity = record.object("userIdentity")
    key = scalar(identity.get("accessKeyId"))
    return Trace(
        id=scalar(record.get("eventID")) or "",
        time=time,
        exact=(key_token(key),) if key else (),
        principal=scalar(identity.get("principalId")),
        created=moment(identity.object("sessionContext").object("attributes").get("creationDate")),
        action=f"{source.partition('.')[0]}:{name}",
        target=_target(record),
        address=scalar(record.get("sourceIPAddress")) or "",
        outcome=scalar(record.get("errorCode")) or "",
        hot=name in HOT and flag(record.get("readOnly")) is not True,
    )


def _target(record: Fields) -> str:
    """The first names in what was asked for: a user, a role, a bucket, a trail."""
    asked = mapping(record.get("requestParameters"))
    named = [str(value) for key, value in asked.items() if key.casefold().endswith(("name", "arn", "id")) and isinstance(value, str)]
    return ", ".join(named[:2])
