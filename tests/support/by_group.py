"""The scheduler of a run with several workers: it hands out one group of tests after the other."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class ByGroup(LoadScopeScheduling):
    """Hands out the groups that the workers wrote down."""

    def __init__(self, config: pytest.Config, log: Any, file: Path) -> None:
        super().__init__(config, log)
        self._file = file

    @cached_property
    def _groups(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._file.read_text("utf-8"))
        return found

    def _split_scope(self, nodeid: str) -> str:
        return self._groups[nodeid]
