"""Real parts for the Azure half's adapters."""

from tests.elastic_server.fixtures import elastic_server

__all__ = ["elastic_server"]
