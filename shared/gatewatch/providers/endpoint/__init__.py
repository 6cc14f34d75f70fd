"""Endpoint: processes in which a cloud command line authenticates, from endpoint agents."""
