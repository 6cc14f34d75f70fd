"""Entra risk detections as documents, with the field names of Elastic's ``azure.identityprotection`` integration."""

from typing import Any

import msgspec

from ...model import Event, Place
from ..ecs import Flat, iso
from .detail import RiskDetection
from .sign_in_document import people
from .spelling import spelled

OPERATION = "User Risk Detection"


def fields(event: Event, risk: RiskDetection) -> Flat:
    """The fields that a detection without a sign-in adds to the common fields."""
    return {
        "event.action": OPERATION,
        "event.provider": "Microsoft Entra ID Protection",
        "event.id": risk.detection_id,
        "cloud.provider": "azure",
        "cloud.service.name": "Microsoft Entra ID Protection",
        "client.ip": event.place.ip,
        **people(risk.user_id, risk.upn, event.display_name),
        "user.risk.static_level": spelled(risk.level),
        "azure.tenant_id": event.account,
        "azure.correlation_id": risk.detection_id,
        **detection(event, risk),
    }


def detection(event: Event, risk: RiskDetection) -> Flat:
    """The detection's own fields. The document of its sign-in contains them too."""
    base = "azure.identityprotection"
    properties = f"{base}.properties"
    return {
        f"{base}.category": "UserRiskEvents",
        f"{base}.operation_name": OPERATION,
        f"{properties}.id": risk.detection_id,
        f"{properties}.risk_event_type": risk.risk_type,
        f"{properties}.risk_level": spelled(risk.level),
        f"{properties}.risk_state": spelled(risk.state),
        f"{properties}.risk_detail": spelled(risk.detail),
        f"{properties}.detection_timing_type": spelled(risk.timing),
        f"{properties}.activity": spelled(risk.activity),
        f"{properties}.source": risk.source,
        f"{properties}.token_issuer_type": risk.token_issuer,
        f"{properties}.request_id": risk.request_id,
        f"{properties}.correlation_id": risk.correlation_id,
        f"{properties}.ip_address": event.place.ip,
        f"{properties}.activity_datetime": iso(event.time),
        f"{properties}.detected_datetime": iso(risk.detected),
        f"{properties}.last_updated_datetime": iso(event.updated),
        f"{properties}.user_id": risk.user_id,
        f"{properties}.user_principal_name": risk.upn,
        f"{properties}.user_display_name": event.display_name,
        f"{properties}.additional_info": _additional(risk.additional_info),
        **_location(event.place, f"{properties}.location"),
    }


def _location(place: Place, base: str) -> Flat:
    """The location in Graph's camelCase names, the same as in Elastic's pipeline."""
    return {
        f"{base}.city": place.city,
        f"{base}.state": place.region,
        f"{base}.countryOrRegion": place.country,
        f"{base}.geoCoordinates.latitude": place.latitude,
        f"{base}.geoCoordinates.longitude": place.longitude,
    }


def _additional(written: str | None) -> list[dict[str, str]]:
    """The text pairs of additionalInfo, which is JSON text: a list of {Key, Value}. Other values are only in the typed record."""
    try:
        found = msgspec.json.decode(written or "[]", type=list[dict[str, Any]])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return []
    texts = [{key: value for key, value in item.items() if key in {"Key", "Value"} and isinstance(value, str)} for item in found]
    return [item for item in texts if item]


def names(event: Event, risk: RiskDetection) -> tuple[str | None, ...]:
    """Every name of who acted, for ``related.user``."""
    return (risk.user_id, risk.upn, event.display_name)
