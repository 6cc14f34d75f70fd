"""The values of an Entra event that its playbooks name in braces."""

from collections.abc import Mapping

from ...model import Event
from .detail import EntraSignIn, RiskDetection


def placeholders(event: Event) -> Mapping[str, str | None]:
    """Ids and names of the sign-in, or of the sign-in that a detection names; None for what the record does not say."""
    match event.detail:
        case EntraSignIn() as sign_in:
            return {
                "signin_id": sign_in.sign_in_id,
                "request_id": sign_in.sign_in_id,
                "correlation_id": sign_in.correlation_id,
                "upn": sign_in.upn,
                "user_id": sign_in.user_id,
                "service_principal_id": sign_in.service_principal_id,
            }
        case RiskDetection() as detection:
            return {
                "signin_id": detection.request_id,
                "request_id": detection.request_id,
                "correlation_id": detection.correlation_id,
                "upn": detection.upn,
                "user_id": detection.user_id,
            }
        case _:
            return {}
