"""A store from the one string that names it. Only the store that is named gets imported."""

from ..errors import ConfigError
from ..ports import Store


def open_store(url: str) -> Store:
    """``memory:`` or ``sqlite:FILE``; Elasticsearch needs a key as well, so ``gatewatch.stores.elastic.open_elastic`` opens it.

    Raises:
        ConfigError: the string names no store, or the file is not one of ours.
        StoreUnavailable: the file cannot be opened.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        from .memory import MemoryStore  # noqa: PLC0415 - a function that uses Elasticsearch need not import it

        return MemoryStore()
    if scheme == "sqlite" and rest:
        from .sqlite import SqliteStore  # noqa: PLC0415 - sqlite3 is loaded only where it is used

        return SqliteStore(rest)
    problem = f"unknown store {scheme!r}: say memory: or sqlite:FILE (Elasticsearch is named by ELASTIC_URL)"
    raise ConfigError(problem)
