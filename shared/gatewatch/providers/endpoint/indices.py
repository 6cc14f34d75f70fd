"""Where endpoint agents write, and by what their hosts are told apart."""

INDICES = (
    "logs-endpoint.events.process-*",
    "logs-endpoint.events.network-*",
    "logs-endpoint.events.file-*",
    "logs-windows.powershell*",
    "logs-windows.sysmon_operational-*",
    "winlogbeat-*",
    "auditbeat-*",
)
"""The default index patterns of Elastic Defend, of Elastic's windows integration, of winlogbeat (Sysmon, Security, PowerShell) and auditbeat."""

HOST_FIELDS = ("host.id", "host.name")
"""By what hosts are told apart: the first that a document has, as in ``process``."""
