"""Lets the cyclic garbage collector run seldom while very many objects are made that are in no cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_AFTER = (50_000, 20, 20)
"""How many more containers than before bring about a collection, and how many collections one of the next generation. Cycles wait
until then, so that the memory that they hold stays bounded."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Within, a collection comes after 50,000 new containers and not after 2,000; afterwards it is as before."""
    before = gc.get_threshold()
    if 0 < before[0] < _AFTER[0]:
        gc.set_threshold(*_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
