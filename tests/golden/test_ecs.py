"""Our evidence documents against Elastic's own expected documents for the same records (CONFORMANCE_DATA, golden/).

Every field Elastic expects is equal in ours, or stands in one of the two tables below with the reason.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gatewatch import evidence as ev
from gatewatch.documents import evidence_document
from gatewatch.documents.fields import FIELDS, OPAQUE
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, RawRecord
from gatewatch.providers.aws.recognise import CALL_NOT_KEPT
from gatewatch.providers.ecs import leaves
from gatewatch.tuning import Tuning
from tests.builders.common import detail

FILES = ("aws_consolelogin", "aws_other", "entra_signin", "entra_risk")
TABLE = {field.name: field for field in FIELDS}

# We write these fields too, and mean something else by them.
DELIBERATE = {
    "event.module": "who wrote the document: gatewatch",
    "event.dataset": "the data stream it is in: gatewatch.signin",
    "event.created": "when we fetched it; Elastic's fixtures hold the moment of their test run",
    "ecs.version": "8.11.0 throughout; fixtures of older pipelines say 8.0.0 and 8.5.0",
    "source.as.": "we keep what the vendor says; Elastic replaces it with its GeoLite test database",
    "source.geo.": "same",
}
# 2024 pipelines (azure 1.11.2) split the UPN; since 2025 user.name is the whole UPN, as ours.
WHOLE_UPN = {"user.name"}
# Elastic stamps risk records with ``time``, the moment they were exported; we use the activity they are about.
EXPORT_TIME = {"@timestamp"}
# The record's outer correlationId; ours is the sign-in's own. In three anonymised fixtures the two differ.
INNER_CORRELATION = {"azure.correlation_id"}

# Elastic keeps these; a typed event does not, because no rule, reader or join needs them.
NOT_CARRIED = (
    "event.original", "event.duration", "tags", "log.", "input.", "fileset.", "service.", "user_agent.", "related.entity",
    "geo.",  # not ECS at the root; ours is source.geo.*, with the state as a region and not as a country
    "aws.cloudtrail.request_parameters", "aws.cloudtrail.flattened.request_parameters.",  # they may hold secrets
    "azure.resource.", "azure.signinlogs.operation_version", "azure.signinlogs.result_signature",
    "azure.signinlogs.properties.processing_time_ms", "azure.signinlogs.properties.token_issuer_",
    "azure.signinlogs.properties.flagged_for_review", "azure.signinlogs.properties.applied_conditional_access_policies",
    "azure.signinlogs.properties.cross_tenant_access_type", "azure.signinlogs.properties.incoming_token_type",
    "azure.signinlogs.properties.is_tenant_restricted", "azure.signinlogs.properties.unique_token_identifier",
    "azure.signinlogs.properties.original_request_id", "azure.signinlogs.properties.service_principal_name",
    "azure.signinlogs.properties.service_principal_credential_key_id", "azure.signinlogs.properties.authentication_details",
    "azure.signinlogs.properties.authentication_processing_details",
    "azure.signinlogs.properties.resource_tenant_id", "azure.signinlogs.properties.home_tenant_id",
    "azure.identityprotection.operation_version", "azure.identityprotection.result_signature",
    "azure.identityprotection.properties.risk_type", "azure.identityprotection.properties.user_type",
    "azure.identityprotection.properties.location.geoCoordinates.altitude",
)  # fmt: skip


def elastic_documents(root: Path) -> Iterator[tuple[str, dict, Event]]:
    """Records with Elastic's expected document that become events of ours."""
    for name in FILES:
        for line in (root / "golden" / f"{name}.jsonl").read_text().splitlines():
            record = json.loads(line)
            if record.get("expected_ecs") and record["expected_flavor"].startswith(("elastic", "filebeat")):
                for event in decode(RawRecord(data=record["input"])):
                    if isinstance(event, Event) and ev.ignore_reason(event, Tuning()) != CALL_NOT_KEPT:
                        yield record["id"], record["expected_ecs"], event


def flattened(document: dict) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in leaves(document, OPAQUE):
        found[name] = [found[name], value] if name in found else value
    return {name: value for name, value in found.items() if value not in ("", [], None, {})}


def same(name: str, ours: object, theirs: object) -> bool:
    if TABLE[name].type == "date":
        return milliseconds(ours) == milliseconds(theirs)
    if name in {"related.user", "related.ip"}:
        return set(theirs) <= set(ours)
    return ours == theirs


def milliseconds(written: object) -> int:
    return int(datetime.fromisoformat(str(written)).astimezone(UTC).timestamp() * 1000)


def explained(name: str, event: Event, expected: dict[str, object]) -> bool:
    if any(name == known or (known.endswith(".") and name.startswith(known)) for known in DELIBERATE):
        return True
    if name in WHOLE_UPN and event.kind == "graph.signIn":
        return str(detail(event).upn).startswith(f"{expected['user.name']}@")
    if name in EXPORT_TIME:
        return event.kind == "graph.riskDetection"
    if name in INNER_CORRELATION and event.kind == "graph.signIn":
        return expected.get("azure.signinlogs.properties.correlation_id") == detail(event).correlation_id
    return False


def differences(event: Event, expected_document: dict) -> list[str]:
    ours = flattened(evidence_document(ev.make(event, fetched=None, now=datetime(2026, 1, 1, tzinfo=UTC))))
    expected = flattened(expected_document)
    found = []
    for name, theirs in expected.items():
        if explained(name, event, expected) or name.startswith(NOT_CARRIED):
            continue
        if name not in TABLE:
            found.append(f"{name} is neither in the field table nor in NOT_CARRIED")
        elif name not in ours or not same(name, ours[name], theirs):
            found.append(f"{name}: ours {ours.get(name)!r}, theirs {theirs!r}")
    return found


def test_our_documents_say_what_elastics_do(conformance_data):
    compared = {identity: differences(event, expected) for identity, expected, event in elastic_documents(conformance_data)}
    assert {identity: found for identity, found in compared.items() if found} == {}
    assert len(compared) >= 38


def test_no_explanation_is_left_over(conformance_data):
    names = {name for _, expected, _ in elastic_documents(conformance_data) for name in flattened(expected)}
    assert [known for known in NOT_CARRIED if not any(name.startswith(known) for name in names)] == []
    assert [known for known in DELIBERATE if not any(name.startswith(known) for name in names)] == []
