"""Reads untrusted bytes and JSON into fields: envelopes, addresses, times. It does not interpret what a vendor means by a field."""
