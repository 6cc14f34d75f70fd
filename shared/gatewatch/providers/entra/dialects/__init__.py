"""Entra records as other products and exports write them. The order is that in which a record is compared with them."""

from ...dialect import Dialect
from .audit_log import AUDIT_LOG, WRAPPED_AUDIT_LOG
from .audit_operations import AUDIT_OPERATIONS
from .audit_rows import AUDIT_ROWS
from .defender import DEFENDER
from .elastic import ELASTIC
from .flattened import FLATTENED
from .identity_logon import IDENTITY_LOGON
from .log_analytics import CUSTOM_TABLE, LOCAL_ROWS, PORTAL_ROWS
from .portal import PORTAL
from .powershell import POWERSHELL

DIALECTS: tuple[Dialect, ...] = (
    WRAPPED_AUDIT_LOG,
    AUDIT_LOG,
    AUDIT_OPERATIONS,
    DEFENDER,
    IDENTITY_LOGON,
    PORTAL,
    AUDIT_ROWS,
    PORTAL_ROWS,
    LOCAL_ROWS,
    CUSTOM_TABLE,
    POWERSHELL,
    FLATTENED,
    ELASTIC,
)
