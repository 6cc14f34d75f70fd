"""Elasticsearch as the index of record: a thin client of our own over urllib3, and the store on top of it.

Importing the official client costs up to a second of cold start and its bulk helper hides per-item 429s (both measured); this one
speaks plain HTTP that 8.19, 9.x, Elastic Cloud, Serverless and OpenSearch understand, and reads every item of every ``_bulk`` answer.
"""

from .budget import RequestLimits, Timing
from .client import Client, Peer
from .endpoint import Authorization, Endpoint
from .settings import open_client, open_elastic
from .store import ElasticStore

__all__ = ["Authorization", "Client", "ElasticStore", "Endpoint", "Peer", "RequestLimits", "Timing", "open_client", "open_elastic"]
