"""What differs between two policies, and which difference loosens."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gatewatch.model import Severity
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from gatewatch.tuning.changes import LOOSENS, changes, tuning_changes
from gatewatch.tuning.policy import Policy

ENTRY = AllowlistEntry(
    id="ci",
    match=AllowlistMatch(principal="ci-release"),
    rules=("aws_console_login_no_mfa",),
    expires=datetime(2027, 1, 31, tzinfo=UTC),
    reason="SEC-1",
    owner="build",
)
EARLIER = structs.replace(ENTRY, expires=datetime(2026, 12, 31, tzinfo=UTC))
LATER = structs.replace(ENTRY, expires=datetime(2027, 3, 31, tzinfo=UTC))
OTHER_OWNER = structs.replace(ENTRY, owner="release")

PAIRS: list[Any] = [
    # setting, the tighter value, the looser value
    pytest.param("allowlist", (), (ENTRY,), id="allowlist entry added"),
    pytest.param("allowlist", (ENTRY,), (LATER,), id="allowlist entry ends later"),
    pytest.param("profile", "published", "balanced", id="profile"),
    pytest.param("privileged_principals", ("root",), (), id="privileged principal removed"),
    pytest.param("break_glass", ("bg", "bg2"), ("bg",), id="break-glass account removed"),
    pytest.param("known_networks", (), ("203.0.113.0/24",), id="known network added"),
    pytest.param("aliases", {"carla": "c@example.com"}, {}, id="alias removed"),
    pytest.param("federated_no_mfa", "alert", "correlate", id="federated logins"),
    pytest.param("remediated_closes", False, True, id="remediated closes"),
    pytest.param("notify_from", Severity.MEDIUM, Severity.CRITICAL, id="threshold raised"),
    pytest.param("renotify_on", ("severity", "reopen"), ("severity",), id="notified again less often"),
    pytest.param("aws_app_ids", ("a",), (), id="application removed"),
    pytest.param("entra_saml_providers", ("arn",), (), id="SAML provider removed"),
    pytest.param("sync_accounts", ("s",), (), id="synchronisation account removed"),
]
POLICIES = [
    pytest.param("channels", ("sns", "teams"), ("sns",), id="channel removed"),
    pytest.param("urgent_from", Severity.HIGH, Severity.CRITICAL, id="urgent from"),
    pytest.param("newer_engines", True, False, id="newer engines forbidden"),
]


def of(name: str, value: object) -> Policy:
    if name in {field for field in Policy.__struct_fields__ if field != "tuning"}:
        return Policy(**{name: value})  # type: ignore[arg-type]
    return Policy(tuning=Tuning(**{name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "tight", "loose"), PAIRS + POLICIES)
def test_one_way_loosens_and_the_way_back_does_not(name: str, tight: object, loose: object) -> None:
    there, back = changes(of(name, tight), of(name, loose)), changes(of(name, loose), of(name, tight))
    assert [change.loosens for change in there] == [True]
    assert [change.loosens for change in back] == [False]


@pytest.mark.parametrize(("before", "after"), [("precise", "wildcard"), ("wildcard", "precise")])
def test_either_endpoint_mode_misses_something(before: Any, after: Any) -> None:
    assert [change.loosens for change in tuning_changes(Tuning(endpoint_mode=before), Tuning(endpoint_mode=after))] == [True]


@pytest.mark.parametrize("after", [ENTRY, EARLIER], ids=["the same", "ends earlier"])
def test_an_entry_that_only_ends_earlier_loosens_nothing(after: AllowlistEntry) -> None:
    assert not any(change.loosens for change in tuning_changes(Tuning(allowlist=(ENTRY,)), Tuning(allowlist=(after,))))


def test_an_entry_that_changes_otherwise_loosens() -> None:
    assert [c.loosens for c in tuning_changes(Tuning(allowlist=(ENTRY,)), Tuning(allowlist=(OTHER_OWNER,)))] == [True]


def test_every_setting_has_a_direction() -> None:
    settings = {*Tuning.__struct_fields__, *Policy.__struct_fields__} - {"schema", "version", "author", "at", "reason", "tuning"}
    assert settings == set(LOOSENS)


@given(st.integers(0, 9), st.text(), st.text())
def test_version_author_and_reason_are_no_differences(version: int, author: str, reason: str) -> None:
    assert changes(Policy(), Policy(version=version, author=author, reason=reason)) == ()


def test_a_difference_is_one_line_with_both_sides() -> None:
    (change,) = changes(of("notify_from", Severity.LOW), of("notify_from", Severity.HIGH))
    assert str(change) == 'notify_from: "low" -> "high"'
