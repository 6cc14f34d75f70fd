"""The one flow: raw records to evidence, evidence to alerts, alerts to people."""
