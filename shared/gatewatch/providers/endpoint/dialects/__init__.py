"""Records of endpoint agents as their vendors and other products write them; each row makes an ECS document of them."""

from ...dialect import Dialect
from .crowdstrike import CROWDSTRIKE
from .defender import DEFENDER
from .unix_events import AUDIT_LINE, ESLOGGER, OSQUERY
from .windows_event import EVTX, FLAT, WAZUH

DIALECTS: tuple[Dialect, ...] = (DEFENDER, CROWDSTRIKE, EVTX, FLAT, WAZUH, OSQUERY, ESLOGGER, AUDIT_LINE)
