"""A short form of what ``make stress`` does with urgent findings."""

import pytest

from tests.stress.urgent import AWS_FAULTS, AZURE_FAULTS, rows


@pytest.mark.parametrize("kind", ["memory:", "sqlite"])
def test_no_fault_loses_or_repeats_an_urgent_finding(kind: str) -> None:
    found = list(rows(20, kind))
    assert len(found) == len(AWS_FAULTS) + len(AZURE_FAULTS)
    assert [row for row in found if not row.right] == []
