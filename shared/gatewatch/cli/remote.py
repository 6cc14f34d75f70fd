"""Addresses of buckets and containers among the paths of a command, opened by an installed adapter."""

from collections.abc import Callable, Iterator

from ..errors import ConfigError
from ..reading.files import RemoteObject

GROUP = "gatewatch.inputs"

type Opener = Callable[[str], Iterator[RemoteObject] | None]


def is_remote(path: str) -> bool:
    """Whether a path is an address and not a file."""
    return path.startswith(("s3://", "https://", "http://", "abfss://", "gs://"))


def objects(address: str) -> Iterator[RemoteObject]:
    """The objects at an address.

    Raises:
        ConfigError: no adapter knows it, its extra is missing, or it cannot be listed.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - most paths are files

    for point in entry_points(group=GROUP):
        opener: Opener = point.load()
        found = opener(address)
        if found is not None:
            return found
    raise ConfigError(f"{address} is neither s3://BUCKET/PREFIX nor https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX")
