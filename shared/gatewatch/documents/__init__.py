"""Documents: how evidence and alerts are written to an index, and how they are read back."""

from .alert import alert_document, alert_from_document
from .arithmetic import arithmetic
from .evidence import evidence_document, evidence_from_document

__all__ = ["alert_document", "alert_from_document", "arithmetic", "evidence_document", "evidence_from_document"]
