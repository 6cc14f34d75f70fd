"""Entra sign-ins as documents, with the field names of Elastic's ``azure.signinlogs`` integration and an older spelling."""

from ...model import Event
from ..ecs import Flat, boolean, iso
from .detail import EntraSignIn
from .spelling import spelled

OPERATION = "Sign-in activity"
_STREAM_CATEGORIES = {
    "noninteractiveuser": "NonInteractiveUserSignInLogs",
    "serviceprincipal": "ServicePrincipalSignInLogs",
    "managedidentity": "ManagedIdentitySignInLogs",
}
_USER_TYPES = {"member": "Member", "guest": "Guest"}  # spelling of diagnostic records; Graph beta uses lower case


def fields(event: Event, entra: EntraSignIn) -> Flat:
    """The fields that a sign-in adds to the common fields."""
    return {
        "event.action": OPERATION,
        "event.provider": "Microsoft Entra ID",
        "event.id": entra.sign_in_id,
        "cloud.provider": "azure",
        "cloud.service.name": "Microsoft Entra ID",
        "client.ip": event.place.ip,
        **people(entra.user_id or entra.service_principal_id, entra.upn, event.display_name),
        "user.risk.static_level": spelled(entra.level_aggregated),
        "message": _message(entra),
        "azure.signinlogs.caller_ip_address": event.place.ip,
        "azure.tenant_id": event.account,
        "azure.correlation_id": entra.correlation_id,
        "azure.signinlogs.category": entra.category or _STREAM_CATEGORIES.get(entra.stream or "", "SignInLogs"),
        "azure.signinlogs.operation_name": OPERATION,
        "azure.signinlogs.identity": event.display_name,
        "azure.signinlogs.result_type": None if entra.error_code is None else str(entra.error_code),
        "azure.signinlogs.result_description": entra.failure_reason,
        **_application(event, entra),
        **_client(entra),
        **_risk(entra),
        **_device(entra),
        "gatewatch.synthetic": entra.synthetic or None,
    }


def _message(entra: EntraSignIn) -> str | None:
    """The failure reason, with details in brackets, the same as in Elastic's pipeline."""
    if entra.failure_reason and entra.additional_details:
        return f"{entra.failure_reason} ({entra.additional_details})"
    return entra.failure_reason or entra.additional_details


def people(object_id: str | None, upn: str | None, display_name: str | None) -> Flat:
    """The user fields. As in Elastic's pipelines since 2025, the whole UPN is both name and e-mail."""
    _, at, domain = (upn or "").rpartition("@")
    return {
        "user.id": object_id,
        "user.name": upn,
        "user.email": upn if at else None,
        "user.domain": domain if at else None,
        "user.full_name": display_name,
    }


def _application(event: Event, entra: EntraSignIn) -> Flat:
    base = "azure.signinlogs.properties"
    return {
        f"{base}.id": entra.sign_in_id,
        f"{base}.created_at": iso(event.time),
        f"{base}.correlation_id": entra.correlation_id,
        f"{base}.user_id": entra.user_id,
        f"{base}.user_principal_name": entra.upn,
        f"{base}.user_display_name": event.display_name,
        f"{base}.user_type": _USER_TYPES.get((entra.user_type or "").casefold(), entra.user_type),
        f"{base}.app_id": entra.app_id,
        f"{base}.app_display_name": entra.app_name,
        f"{base}.resource_id": entra.resource_id,
        f"{base}.resource_display_name": entra.resource_name,
        f"{base}.client_app_used": entra.client_app,
        f"{base}.authentication_protocol": spelled(entra.protocol),
        f"{base}.authentication_requirement": spelled(entra.authentication_requirement),
        f"{base}.original_transfer_method": spelled(entra.transfer_method),
        f"{base}.incoming_token_type": spelled(entra.incoming_token),
        f"{base}.session_id": entra.session_id,
        f"{base}.cross_tenant_access_type": spelled(entra.cross_tenant),
        f"{base}.conditional_access_status": spelled(entra.conditional_access),
        f"{base}.is_interactive": boolean(entra.interactive),
        f"{base}.status.error_code": entra.error_code,
        f"{base}.autonomous_system_number": event.place.asn,
    }


def _client(entra: EntraSignIn) -> Flat:
    """The service principal, and the credential of a confidential client."""
    base = "azure.signinlogs.properties"
    return {
        f"{base}.service_principal_id": entra.service_principal_id,
        f"{base}.service_principal_name": entra.service_principal_name,
        f"{base}.client_credential_type": spelled(entra.credential_type),
        f"{base}.service_principal_credential_key_id": entra.credential_key_id,
        f"{base}.service_principal_credential_thumbprint": entra.credential_thumbprint,
        f"{base}.federated_credential_id": entra.federated_credential_id,
    }


def _risk(entra: EntraSignIn) -> Flat:
    """The risk fields, with both spellings of the real-time level, so that rules with either spelling find the document."""
    base = "azure.signinlogs.properties"
    return {
        f"{base}.risk_level_during_signin": spelled(entra.level_during),
        f"{base}.risk_level_during_sign_in": spelled(entra.level_during),
        f"{base}.risk_level_aggregated": spelled(entra.level_aggregated),
        f"{base}.risk_state": spelled(entra.risk_state),
        f"{base}.risk_detail": spelled(entra.risk_detail),
        f"{base}.risk_event_types": entra.risk_types,
        f"{base}.risk_event_types_v2": entra.risk_types,
    }


def _device(entra: EntraSignIn) -> Flat:
    base = "azure.signinlogs.properties.device_detail"
    device = entra.device
    return {
        f"{base}.device_id": device.device_id,
        f"{base}.display_name": device.display_name,
        f"{base}.operating_system": device.operating_system,
        f"{base}.browser": device.browser,
        f"{base}.trust_type": device.trust_type,
        f"{base}.is_compliant": boolean(device.compliant),
        f"{base}.is_managed": boolean(device.managed),
    }


def names(event: Event, entra: EntraSignIn) -> tuple[str | None, ...]:
    """Every name of who acted, for ``related.user``."""
    return (entra.user_id or entra.service_principal_id, entra.upn, event.display_name)
