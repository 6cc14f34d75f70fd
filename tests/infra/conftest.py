"""template.yaml as it is written, and as the SAM transform expands it."""

from typing import Any

import pytest

from tests.support.aws_templates import FORWARDER, HOME, expanded, written


@pytest.fixture(scope="session")
def source() -> dict[str, Any]:
    """template.yaml."""
    return written(HOME)


@pytest.fixture(scope="session")
def forwarder() -> dict[str, Any]:
    """The resources of the region forwarder."""
    return written(FORWARDER)["Resources"]


@pytest.fixture(scope="session")
def resources() -> dict[str, Any]:
    """The expanded resources of template.yaml."""
    return expanded()["Resources"]
