"""Which selectors of a trail take every management event that is read, and what is said where nobody may see them."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from aws_lambda.doctor.read_organization import all_management_events
from aws_lambda.doctor.trails import trails
from aws_lambda.doctor.world import Trail
from gatewatch.doctor.findings import CannotLook

MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


def basic(**fields: object) -> dict[str, Any]:
    return {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True, **fields}]}


def advanced(*fields: Mapping[str, object]) -> dict[str, Any]:
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


SELECTORS = [
    pytest.param({}, True, id="none"),
    pytest.param(basic(), True, id="all"),
    pytest.param(basic(ExcludeManagementEventSources=["kms.amazonaws.com"]), True, id="without KMS"),
    pytest.param(basic(ExcludeManagementEventSources=["sts.amazonaws.com"]), False, id="without STS"),
    pytest.param(basic(ReadWriteType="WriteOnly"), False, id="changes alone"),
    pytest.param(basic(IncludeManagementEvents=False, ReadWriteType="ReadOnly"), False, id="none of them"),
    pytest.param(advanced(MANAGEMENT), True, id="advanced"),
    pytest.param(advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}), False, id="advanced, changes alone"),
    pytest.param(advanced(MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}), True, id="advanced, without KMS"),
    pytest.param(advanced(MANAGEMENT, {"Field": "eventSource", "Equals": ["s3.amazonaws.com"]}), False, id="advanced, one service"),
    pytest.param(advanced({"Field": "eventCategory", "Equals": ["Data"]}), False, id="advanced, data events"),
]


@pytest.mark.parametrize(("selectors", "expected"), SELECTORS)
def test_selectors(selectors: dict[str, Any], expected: bool) -> None:
    assert all_management_events(selectors) == expected


def test_selectors_that_nobody_may_see_are_said_beside_what_is_found() -> None:
    """An organisation's trail, seen from a member: it is of one Region, and what it takes is not shown."""
    trail = Trail(
        name="org", arn="arn", home_region="us-east-1", logging=True, multi_region=False, global_events=True, organization=True,
        all_management_events=True, selectors_unread="cloudtrail:GetEventSelectors answered AccessDeniedException",
    )  # fmt: skip
    world = SimpleNamespace(stack=lambda: SimpleNamespace(parameters={}), trails=lambda: [trail])
    findings = trails(world)
    assert next(findings).id == "trail-of-one-region"
    with pytest.raises(CannotLook, match="GetEventSelectors"):
        next(findings)
