"""Where evidence and alerts are kept: memory, one SQLite file, or Elasticsearch, under one contract."""

from .open import open_store

__all__ = ["open_store"]
