"""Which packages a run really uses: every Python function that is called, by module and name."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Calls:
    """What was called while it was watched."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()

    def packages(self) -> set[str]:
        """The modules of the called functions, and every package above them."""
        modules = {module for module, _ in self.seen}
        return {".".join(parts[:depth]) for module in modules for parts in [module.split(".")] for depth in range(1, len(parts) + 1)}

    def of(self, package: str, name: str) -> int:
        """How often a function of this name was called in this package."""
        return sum(number for (module, called), number in self.seen.items() if called == name and module.startswith(package))

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            self.seen[frame.f_globals.get("__name__") or "", frame.f_code.co_name] += 1


@contextmanager
def watched() -> Iterator[Calls]:
    """Notes the calls of this thread."""
    calls, before = Calls(), sys.getprofile()
    sys.setprofile(calls._note)
    try:
        yield calls
    finally:
        sys.setprofile(before)
