"""The probe of Graph's directory audits: an activity that is not of the table is left out by its name, whatever else the record says."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw, Struct

from ...reading.times import exact
from ..probe import ABSENT, Answer, Probe, Question, extended, folded
from .audit_table import audited
from .probe import MATTERS

# Graph v1.0 and beta (npm microsoft-graph-types 2.43.1 and -beta, 2026-11): what decides nothing about an activity that is not of the table.
_PASSED = (
    "id", "category", "correlationId", "result", "resultReason", "loggedByService", "operationType", "additionalDetails", "userAgent",
    "performedOnBehalfOf",
)  # fmt: skip


def _layout(names: Iterable[str], strict: bool) -> type[Struct]:  # noqa: FBT001 - as Probe.layout
    fields: list[tuple[str, Any, Any]] = [
        ("activity", str, msgspec.field(name="activityDisplayName")),
        ("activity_time", str, msgspec.field(name="activityDateTime")),
        *((name, Raw, msgspec.field()) for name in ("initiatedBy", "targetResources")),
        *((name, Raw, msgspec.field(default=ABSENT)) for name in _PASSED),
    ]
    return extended(msgspec.defstruct("DirectoryAudit", fields, kw_only=True, gc=False), names, strict)


def _ask(record: Any) -> Answer:  # noqa: ANN401 - the layout is made at run time
    """What is of the table is decoded, each of them."""
    time = exact(record.activity_time)
    if time is None or audited(record.activity) is not None:
        return None
    return Question(record.activity.encode("utf-8", "surrogatepass"), time, "entra-audit|")


PROBE = Probe(
    name="Graph directoryAudit",
    layout=_layout,
    ask=_ask,
    matters=MATTERS
    | folded("resultReason", "resultDescription", "resultSignature", "result", "loggedByService", "additionalDetails", "userAgent"),
)
