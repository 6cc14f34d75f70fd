"""Gatewatch sees the moment a valid identity enters a cloud control plane (MITRE ATT&CK T1021.007)."""

__version__ = "0.1.0"
