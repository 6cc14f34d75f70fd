"""What a process keeps of the evidence that it computed from, for the next computation. It saves work and decides nothing."""

from .activities import Records
from .crowds import Crowds

KEPT_RECORDS = 10_000
"""Records with one version, about 30 MB where nothing else holds them."""


class KeptWork:
    """The source addresses and the records of the latest computations."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.crowds = Crowds()
        self.records: Records = {}

    def forget(self) -> None:
        """Let go of the records that are there longest, where there are too many."""
        for name in list(self.records)[: max(0, len(self.records) - KEPT_RECORDS)]:
            self.records.pop(name, None)
