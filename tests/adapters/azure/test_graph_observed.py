"""What the answers of Graph say of its state and of ours."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
from msgspec import Raw

from azure_function.graph_observed import GraphObserved
from azure_function.metrics import METRICS
from scripts.local_cloud.fake_cloud.records import beta_sign_in, sign_in

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def raw(**changes: object) -> Raw:
    return Raw(msgspec.json.encode(beta_sign_in(AT, **changes)))


def test_clocks_throttling_and_refusals_are_counted_until_they_are_taken():
    observed = GraphObserved()
    observed.answer(429, "", AT)
    observed.answer(200, format_datetime(AT - timedelta(seconds=90), usegmt=True), AT)
    observed.refused(401, "InvalidAuthenticationToken")
    observed.refused(403, "Authentication_MSGraphPermissionMissing")
    observed.no_token("AADSTS7000222: The provided client secret keys are expired.")
    assert observed.take() == {
        "unauthorized": 1, "forbidden": 1, "permission_missing": 1, "credential_expired": 1, "throttled": 1, "clock_skew_seconds": 90.0,
    }  # fmt: skip
    assert set(observed.take().values()) == {0}


def test_a_tenant_without_a_licence_lacks_no_permission():
    observed = GraphObserved()
    observed.refused(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    observed.no_token("AADSTS500011: not found")
    assert (observed.take() | {"throttled": 0}) == {
        "unauthorized": 0, "forbidden": 1, "permission_missing": 0, "credential_expired": 0, "throttled": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((), (0, 0)), (("none",), (0, 0)), (("hidden", "hidden"), (2, 2)), (("hidden", "low", "none"), (2, 1))],
)
def test_levels_that_are_hidden(levels: tuple[str, ...], expected: tuple[int, int]):
    observed = GraphObserved()
    observed.sign_ins([raw(riskLevelDuringSignIn=level) for level in levels] or [raw()], beta=True)
    found = observed.take()
    assert (found["levels"], found["levels_hidden"]) == expected


@pytest.mark.parametrize(
    ("record", "beta", "missing"), [(raw(), True, 0), (raw(), False, 1), (Raw(msgspec.json.encode(sign_in(AT))), True, 1)]
)
def test_fields_of_beta_that_are_absent(record: Raw, beta: bool, missing: int):
    observed = GraphObserved()
    observed.sign_ins([], beta=beta)
    observed.sign_ins([record], beta=beta)
    assert observed.take()["beta_missing"] == missing
    assert "beta_missing" not in observed.take()


def test_every_number_is_a_metric():
    observed = GraphObserved()
    observed.answer(200, format_datetime(AT, usegmt=True), AT)
    observed.sign_ins([raw()], beta=True)
    assert observed.take().keys() <= {metric.name for metric in METRICS}
