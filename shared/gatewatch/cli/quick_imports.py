"""What the start of a command need not do."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import modules without looking for garbage among them, and leave what they made out of every later search: modules stay.

    The collector was a sixth of the start of a replay. Where nothing was imported, everything is as before.
    """
    known = len(sys.modules)
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > known:
            gc.freeze()
        if collects:
            gc.enable()
