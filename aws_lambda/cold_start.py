"""What a cold start need not do."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Import modules without looking for garbage among them, and leave what they made out of every later search.

    Modules stay for the life of the process. Measured: a tenth of the handler's import (docs/aws.md).
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
