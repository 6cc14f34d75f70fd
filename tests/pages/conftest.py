"""Pages in a real browser: a visible skip where there is none, a failure in CI."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from scripts.browser import BrowserMissing, executable, visit
from tests.unit.cli.conftest import examples, filled, gatewatch, store
from tests.unit.notify.conftest import notice
from tests.unit.report.test_exports import hostile

__all__ = ["examples", "filled", "gatewatch", "hostile", "notice", "store"]

type Visit = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def browse() -> Visit:
    """Opens a page and does some steps."""
    try:
        executable()
    except BrowserMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    return visit
