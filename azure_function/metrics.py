"""What the function app measures: one log line for each run of a stream, which the alarms of the template read. Absent means unknown.

KQL: ``traces | where message startswith "gatewatch.metrics "``; the rest of the message is one JSON object.
"""

import logging

import msgspec
from msgspec import Struct

LOG = logging.getLogger("gatewatch.metrics")
PREFIX = "gatewatch.metrics "


class Metric(Struct, frozen=True):
    """One number of the line."""

    name: str
    meaning: str


METRICS = (
    Metric(
        "lag_seconds", "how much of the new records that should be read is not read: now, less the delay of the stream, less the watermark"
    ),
    Metric("rescan_lag_seconds", "the same for the second reading, less the time between two of them"),
    Metric("unfinished", "runs in a row that the deadline ended"),
    Metric("records", "records read in this run"),
    Metric("levels", "sign-ins with a risk level among those looked at (the first page with records of a run)"),
    Metric("levels_hidden", "those of them whose level is hidden, because the tenant has no Entra ID P2"),
    Metric("beta_missing", "1 if beta was asked for and its fields are absent, or v1.0 answers instead; else 0"),
    Metric("unauthorized", "answers 401 in this run"),
    Metric("forbidden", "answers 403 in this run"),
    Metric("permission_missing", "1 if Graph says that the application lacks a permission, else 0"),
    Metric("credential_expired", "1 if the application's secret or certificate expired, else 0"),
    Metric("clock_skew_seconds", "difference between this clock and the Date that Graph sends, without its sign"),
    Metric("throttled", "answers 429 in this run"),
    Metric("dead_letters", "dead letters put in this run"),
    Metric("untold", "sweep: notifications pending from the urgent severity on after this run; poll: notifications that failed"),
    Metric("hub_age_seconds", "push: how long ago the oldest event of the batch was enqueued"),
)
"""Every number that a line may have, beside the texts ``tenant``, ``stream`` (also ``sweep`` and ``push``) and ``state``."""

STATES = ("done", "locked", "taken_over", "unfinished", "no_time", "refused", "failed")
"""What ``state`` may say; ``refused``: Graph does not take the filter of a narrow stream, and others read the same later."""

_NAMES = frozenset(metric.name for metric in METRICS)


def emit(tenant: str, stream: str, state: str, **numbers: float | None) -> None:
    """Write the line of one run; a number that is None is left out. Raises ``ValueError`` for a number or a state that is not listed."""
    unknown = sorted(numbers.keys() - _NAMES)
    if unknown or state not in STATES:
        raise ValueError(f"no such metric or state: {', '.join((*unknown, state))}")
    known = {name: number + 0 for name, number in numbers.items() if number is not None}  # an aggregate of KQL takes no truth value
    line = msgspec.json.encode({"tenant": tenant, "stream": stream, "state": state, **known}, order="sorted")
    LOG.info("%s%s", PREFIX, line.decode())
