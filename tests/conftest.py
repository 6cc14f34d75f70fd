"""What every test may ask for. Tests reach nothing but loopback (pytest-socket, see pyproject.toml)."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout under test."""
    return ROOT


@pytest.fixture(scope="session")
def conformance_data() -> Path:
    """The conformance data sets; they live beside the checkout, never in it."""
    where = os.environ.get("CONFORMANCE_DATA")
    if not where:
        pytest.skip("CONFORMANCE_DATA is not set: the conformance data sets are not here")
    return Path(where)
