"""Entra events as documents, with the field names of Elastic's azure integration."""

from ...model import Activity, Event, Outcome
from ..ecs import Flat, unique
from . import audit_document, risk_document, sign_in_document
from .detail import audit_of, risk_of, sign_in_of


def fields(event: Event) -> Flat:
    """The fields that Entra adds to the common fields."""
    sign_in, risk = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        return sign_in_document.fields(event, sign_in)
    if risk is not None:
        return {"event.outcome": Outcome.UNKNOWN.value} | risk_document.fields(event, risk)
    audit = audit_of(event)
    return audit_document.fields(event, audit) if audit is not None else {}


def linked_fields(activity: Activity) -> Flat:
    """The fields of the detections of a sign-in. If several detections have the same field, the first one's value is kept."""
    flat: Flat = {}
    if sign_in_of(activity.event) is None:
        return flat
    for detection in reversed(activity.detections):
        risk = risk_of(detection)
        if risk is not None:
            flat |= risk_document.detection(detection, risk)
    return flat


def names(event: Event) -> list[str]:
    """Every name of who acted, and of the user whom a directory audit is about, for ``related.user``."""
    sign_in, risk = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        return unique(*sign_in_document.names(event, sign_in), event.user_name)
    if risk is not None:
        return unique(*risk_document.names(event, risk), event.user_name)
    audit = audit_of(event)
    return unique(*audit_document.names(event, audit), event.user_name) if audit is not None else []
