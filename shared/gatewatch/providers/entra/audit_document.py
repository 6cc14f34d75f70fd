"""Directory audits as documents, with the field names of Elastic's ``azure.auditlogs``."""

from ...model import Event
from ..ecs import Flat
from .audit_table import AuditKind
from .detail import DirectoryAudit
from .sign_in_document import people

OPERATION = "Directory audit"
# ECS event.type of an event about a user, and of any other change of the configuration.
_OF_USERS = frozenset(
    {AuditKind.SECURITY_INFO, AuditKind.TEMPORARY_ACCESS_PASS, AuditKind.PASSWORD, AuditKind.ROLE, AuditKind.ELEVATED_ACCESS}
)


def fields(event: Event, audit: DirectoryAudit) -> Flat:
    """The fields that a directory audit adds to the common fields."""
    base = "azure.auditlogs"
    properties = f"{base}.properties"
    return {
        "event.action": audit.activity,
        "event.category": ["iam"],
        "event.type": ["user", "change"] if audit.changes in _OF_USERS else ["change"],
        "event.provider": "Microsoft Entra ID",
        "event.id": audit.audit_id,
        "cloud.provider": "azure",
        "cloud.service.name": "Microsoft Entra ID",
        "client.ip": event.place.ip,
        **people(audit.user_id or audit.service_principal_id, audit.upn, event.display_name),
        "azure.tenant_id": event.account,
        "azure.correlation_id": audit.correlation_id,
        f"{base}.category": "AuditLogs",
        f"{base}.operation_name": audit.activity,
        f"{properties}.id": audit.audit_id,
        f"{properties}.activity_display_name": audit.activity,
        f"{properties}.category": audit.category,
        f"{properties}.logged_by_service": audit.service,
        f"{properties}.correlation_id": audit.correlation_id,
        f"{properties}.result": event.outcome.value,
        f"{properties}.result_reason": audit.result_reason,
        "gatewatch.audit.changes": audit.changes,
        "gatewatch.audit.user": audit.target_user or audit.target_user_id,
        "gatewatch.audit.target": audit.target_name or audit.target_id,
    }


def names(event: Event, audit: DirectoryAudit) -> tuple[str | None, ...]:
    """Every name of who acted and of the user it was done to, for ``related.user``."""
    acted = (audit.user_id, audit.upn, audit.service_principal_id, audit.app_name, event.display_name)
    return (*acted, audit.target_user_id, audit.target_user)
