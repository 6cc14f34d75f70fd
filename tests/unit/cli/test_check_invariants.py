"""Every invariant holds for the record that it is about, and fails when the result is broken."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from msgspec import structs

from gatewatch.cli.check.actual import ActualResult
from gatewatch.cli.check.cases import WorkedCase
from gatewatch.cli.check.invariants import INVARIANTS
from tests.builders.alerts import changed
from tests.support.check_cases import actual, aws_login, case, sign_in

type Break = Callable[[ActualResult], ActualResult]

ALICE = "alice@contoso.com"
LOGIN = case("root-no-mfa")


def entra(**fields: Any) -> WorkedCase:
    return case("root-no-mfa", kind="graph.signIn", input=sign_in(**fields))


HOLDS: dict[str, WorkedCase] = {
    "source.ip absent": case("root-no-mfa", input=aws_login(sourceIPAddress="cloudformation.amazonaws.com")),
    "stored user_agent.original <= 8192 chars and flagged truncated": case(
        "root-no-mfa", expand={"path": "detail.userAgent", "repeat": 1000}
    ),
    "SNS message <= 262144 bytes": LOGIN,
    "Teams payload <= 28 KB": LOGIN,
    "not equal to alice@contoso.com for allowlist or correlation": entra(userPrincipalName="alice\u200b@contoso.com"),
    "@timestamp = ingest time, flagged": entra(createdDateTime=None),
    "unknown fields are not indexed as separate mapped fields": case(
        "root-no-mfa", kind="graph.signIn", input=sign_in(), expand={"path": "weird", "keys": 5000}
    ),
    "principal falls back to userId": entra(userPrincipalName=None),
}


def documents(name: str, value: object, *, of: str = "evidence_documents") -> Break:
    """Sets a field in every document of one sort."""

    def broken(result: ActualResult) -> ActualResult:
        changed = deepcopy(getattr(result, of))
        *path, last = name.split(".")
        for document in changed:
            at = document
            for part in path:
                at = at.setdefault(part, {})
            at[last] = value
        return structs.replace(result, **{of: changed})

    return broken


def rendered(channel: str, value: object) -> Break:
    return lambda result: structs.replace(result, rendered=(*result.rendered, result.rendered[0] | {channel: value}))


def events(**changes: Any) -> Break:
    def broken(result: ActualResult) -> ActualResult:
        evidence = tuple(structs.replace(item, event=structs.replace(item.event, **changes)) for item in result.run.evidence)
        return structs.replace(result, run=structs.replace(result.run, evidence=evidence))

    return broken


def alerts(**changes: Any) -> Break:
    def broken(result: ActualResult) -> ActualResult:
        others = tuple(changed(alert, **changes) for alert in result.run.alerts)
        return structs.replace(result, run=structs.replace(result.run, alerts=others))

    return broken


def growing_mapping(result: ActualResult) -> ActualResult:
    return structs.replace(result, mappings=result.mappings | {"evidence": result.mappings["evidence"] | {"dynamic": True}})


BREAKS: list[tuple[str, Break]] = [
    ("source.ip absent", documents("source.ip", "203.0.113.9")),
    ("source.ip absent", documents("source.ip", "203.0.113.9", of="alert_documents")),
    ("stored user_agent.original <= 8192 chars and flagged truncated", documents("user_agent.original", "A" * 8193)),
    ("stored user_agent.original <= 8192 chars and flagged truncated", documents("user_agent.original", None)),
    ("stored user_agent.original <= 8192 chars and flagged truncated", documents("gatewatch.truncated_fields", ["user_name"])),
    ("stored user_agent.original <= 8192 chars and flagged truncated", documents("user_agent.original", "A" * 8193, of="alert_documents")),
    ("SNS message <= 262144 bytes", rendered("sns", {"subject": "", "message": "\u00e4" * 131_073})),
    ("Teams payload <= 28 KB", rendered("teams", {"text": "A" * 28 * 1024})),
    ("not equal to alice@contoso.com for allowlist or correlation", events(names=("Alice@Contoso.com",))),
    ("not equal to alice@contoso.com for allowlist or correlation", events(person=ALICE)),
    ("not equal to alice@contoso.com for allowlist or correlation", alerts(person=ALICE)),
    ("@timestamp = ingest time, flagged", documents("@timestamp", "2026-11-20T10:00:00.000Z")),
    ("@timestamp = ingest time, flagged", documents("gatewatch.data_quality", ["unknown_enum"])),
    ("unknown fields are not indexed as separate mapped fields", documents("weird.key_1", "value 1")),
    ("unknown fields are not indexed as separate mapped fields", documents("gatewatch.weird", "value", of="alert_documents")),
    ("unknown fields are not indexed as separate mapped fields", growing_mapping),
    ("principal falls back to userId", documents("gatewatch.principal", "carla.reyes@example.com")),
    ("principal falls back to userId", documents("gatewatch.principal", None, of="alert_documents")),
]


def test_every_invariant_has_a_record_and_a_way_to_break_it():
    assert set(INVARIANTS) == set(HOLDS) == {text for text, _ in BREAKS}


@pytest.mark.parametrize("text", INVARIANTS)
def test_an_invariant_holds_for_its_record(text):
    assert INVARIANTS[text](actual(HOLDS[text])) == ""


@pytest.mark.parametrize(("text", "broken"), BREAKS, ids=[text for text, _ in BREAKS])
def test_an_invariant_fails_on_a_broken_result(text, broken):
    assert INVARIANTS[text](broken(actual(HOLDS[text]))) != ""


@pytest.mark.parametrize("text", INVARIANTS)
def test_a_result_without_anything_to_check_does_not_hold(text):
    nothing = actual(
        case("root-no-mfa", input={"detail-type": "AWS Console Sign In via CloudTrail", "source": "aws.signin", "detail": None})
    )

    assert INVARIANTS[text](nothing) in {"no document was written", "there is no alert to render"}


def test_the_check_of_a_name_reads_aliases():
    aliased = entra(userPrincipalName="alice\u200b@contoso.com")
    result = actual(structs.replace(aliased, tuning={"aliases": {"alice\u200b@contoso.com": ALICE}}))

    assert INVARIANTS["not equal to alice@contoso.com for allowlist or correlation"](result) == f"the person key is {ALICE}"
