"""A real Elasticsearch (or OpenSearch) on loopback without Docker, from the vendors' bare distributions on Maven Central.

What the bare distribution lacks and these tests must not need: GET /, GET _data_stream and lifecycle REST, ILM, EQL, ES|QL, ingest
processors, ``match_only_text``, ``constant_keyword``, ``flattened``, ``wildcard``. What works for real: ``_bulk``, ``_mget``, ``_search``,
``if_seq_no``, templates, data streams and their rollover, aliases, API keys and their privileges, TLS.
"""

from .distribution import CannotStart
from .server import Running, running

__all__ = ["CannotStart", "Running", "running"]
