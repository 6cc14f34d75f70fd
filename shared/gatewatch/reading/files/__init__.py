"""The front: reads whatever file a person hands over. ``read`` is its door; the tables of containers and encodings say what it opens."""

from .front import Carrier, read, read_sources
from .journal import FileReport, Journal
from .limits import FileLimits
from .prefetch import RemoteObject, prefetched
from .sources import STDIN, FileSource, named, size_of

__all__ = [
    "STDIN",
    "Carrier",
    "FileLimits",
    "FileReport",
    "FileSource",
    "Journal",
    "RemoteObject",
    "named",
    "prefetched",
    "read",
    "read_sources",
    "size_of",
]
