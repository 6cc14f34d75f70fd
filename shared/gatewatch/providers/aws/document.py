"""CloudTrail sign-ins as documents, with the field names of Elastic's ``aws.cloudtrail`` integration and the older spellings of them."""

from collections.abc import Mapping

from ...model import Event, Fact, Outcome
from ..ecs import Flat, boolean, iso_text, unique, yes_no
from .detail import AwsSignIn, AwsSubject, aws_of

# Sign-in events whose responseElements hold {"<eventName>": "Success" | "Failure"}; the OAuth events carry null (CloudTrail user guide).
_ANSWERED = frozenset({
    "ConsoleLogin", "CheckMfa", "SwitchRole", "ExitRole", "RenewRole", "GetSigninToken",
    "PasswordRecoveryRequested", "PasswordRecoveryCompleted", "PasswordUpdated",
})  # fmt: skip
_TLS_PROTOCOL = "TLSv"


def fields(event: Event) -> Flat:
    """The fields that CloudTrail adds to the common fields."""
    aws = aws_of(event)
    if aws is None:
        return {}
    return {
        "event.provider": aws.event_source,
        "event.id": aws.event_id,
        "event.action": aws.event_name.rpartition(":")[2],  # a call that is named with its service has Elastic's name here
        "cloud.provider": "aws",
        "cloud.region": aws.region,
        "cloud.service.name": aws.event_source.split(".", 1)[0] if aws.event_source else None,
        "user.id": aws.principal_id,
        "user.name": _user_name(event, aws),
        **_record(aws),
        **_identity(aws),
        **_console_login(event, aws),
        **_tls(aws),
    }


def _user_name(event: Event, aws: AwsSignIn) -> str | None:
    """The same as in Elastic's pipeline: the role's name for role sessions, None for root."""
    if event.subject == AwsSubject.ROOT:
        return None
    return aws.role_name or event.user_name


def _record(aws: AwsSignIn) -> Flat:
    return {
        "aws.cloudtrail.event_version": aws.event_version,
        "aws.cloudtrail.event_type": aws.event_type,
        "aws.cloudtrail.event_category": aws.event_category,
        "aws.cloudtrail.management_event": aws.management_event,
        "aws.cloudtrail.read_only": aws.read_only,
        "aws.cloudtrail.recipient_account_id": aws.recipient_account,
        "aws.cloudtrail.request_id": aws.request_id,
        "aws.cloudtrail.error_code": aws.error_code,
        "aws.cloudtrail.error_message": aws.error_message,
    }


def _identity(aws: AwsSignIn) -> Flat:
    base = "aws.cloudtrail.user_identity"
    session = f"{base}.session_context"
    known = {Fact.PRESENT: "true", Fact.ABSENT: "false"}
    return {
        f"{base}.type": aws.user_type,
        f"{base}.arn": aws.arn,
        f"{base}.access_key_id": aws.access_key_id,
        f"{base}.invoked_by": aws.invoked_by,
        f"{session}.mfa_authenticated": known.get(aws.mfa_authenticated),
        f"{session}.creation_date": iso_text(aws.session_created),
        f"{session}.session_issuer.type": aws.issuer_type,
        f"{session}.session_issuer.principal_id": aws.issuer_principal_id,
        f"{session}.session_issuer.arn": aws.role_arn,
        f"{session}.session_issuer.account_id": aws.issuer_account,
    }


def _console_login(event: Event, aws: AwsSignIn) -> Flat:
    """MFA, mobile and login page in both forms: the integration's booleans, and the texts that published rules compare with."""
    answer = _answer(event, aws)
    found: Flat = {"aws.cloudtrail.response_elements": f"{{{aws.event_name}={answer}}}" if answer else None}
    if aws.event_name != "ConsoleLogin":
        return found
    elastic, older = (f"aws.cloudtrail.console_login.{spelling}" for spelling in ("additional_eventdata", "additional_event_data"))
    vendor = {"MFAUsed": yes_no(aws.mfa_used), "LoginTo": aws.login_to, "MobileVersion": yes_no(aws.mobile_version)}
    flattened = "aws.cloudtrail.flattened"
    return found | {
        "aws.cloudtrail.additional_eventdata": _as_text(vendor),
        f"{elastic}.mfa_used": boolean(aws.mfa_used),
        f"{elastic}.mobile_version": boolean(aws.mobile_version),
        f"{elastic}.login_to": aws.login_to,
        f"{older}.mfa_used": yes_no(aws.mfa_used),
        f"{older}.mobile_version": yes_no(aws.mobile_version),
        f"{older}.login_to": aws.login_to,
        f"{flattened}.response_elements.ConsoleLogin": answer,
        **{f"{flattened}.additional_eventdata.{key}": value for key, value in vendor.items()},
    }


def _as_text(answered: Mapping[str, str | None]) -> str | None:
    """An object as text in the form of Elastic's pipeline: {LoginTo=..., MobileVersion=No, MFAUsed=No}."""
    parts = [f"{key}={answered[key]}" for key in ("LoginTo", "MobileVersion", "MFAUsed") if answered[key]]
    return f"{{{', '.join(parts)}}}" if parts else None


def _answer(event: Event, aws: AwsSignIn) -> str | None:
    if event.outcome is Outcome.UNKNOWN or aws.event_name not in _ANSWERED:
        return None
    return "Success" if event.outcome is Outcome.SUCCESS else "Failure"


def _tls(aws: AwsSignIn) -> Flat:
    version = aws.tls_version or ""
    named = version.startswith(_TLS_PROTOCOL)
    return {
        "tls.version": version.removeprefix(_TLS_PROTOCOL),
        "tls.version_protocol": "tls" if named else None,
        "tls.cipher": aws.tls_cipher,
        "tls.client.server_name": aws.tls_server_name,
    }


def names(event: Event) -> list[str]:
    """Every name of who acted, for ``related.user``."""
    aws = aws_of(event)
    if aws is None:
        return unique(event.user_name)
    return unique(aws.principal_id, _user_name(event, aws), aws.session_name, aws.arn, event.user_name)
