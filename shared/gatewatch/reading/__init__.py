"""Untrusted bytes and JSON to fields: envelopes, addresses, times. Knows no vendor's meaning."""
