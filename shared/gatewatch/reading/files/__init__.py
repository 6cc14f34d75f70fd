"""The front: reads whatever file a person hands over. ``read`` is its door; the tables of containers and encodings say what it opens."""

from .front import Carrier, read, read_many, read_sources
from .journal import FileReport, Journal
from .limits import FileLimits
from .lines import Given, Lines, one_by_one
from .prefetch import RemoteObject, prefetched
from .sources import STDIN, FileSource, named, part_of, size_of

__all__ = [
    "STDIN",
    "Carrier",
    "FileLimits",
    "FileReport",
    "FileSource",
    "Given",
    "Journal",
    "Lines",
    "RemoteObject",
    "named",
    "one_by_one",
    "part_of",
    "prefetched",
    "read",
    "read_many",
    "read_sources",
    "size_of",
]
