"""The auditor's annex: what was observed about each control, how fast it was answered, what is missing, and what it was computed from."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from ..alerts.group import MAX_ADDRESSES
from ..alerts.responses import precision_by_rule
from ..documents.rule_metadata import controls as controls_of
from ..model import Response
from ..model.nouns import noun
from ..ports import Ports
from ..providers.catalogue import BY_ID
from ..providers.controls import CONTROLS, SOURCE
from ..tuning.policy import Policy, encode
from .model import AlertRow, Annex, ControlEvidence, Numbers, WhatWasRead
from .numbers import timing

_SILENT_SHOWN = 5


def annex(rows: Sequence[AlertRow], responses: Sequence[Response], ports: Ports, read: WhatWasRead, counted: Numbers) -> Annex:
    """The annex of these alerts. ``ports`` are under the policy in force."""
    policy = Policy(version=ports.policy_version, tuning=ports.tuning, channels=ports.channels, urgent_from=ports.urgent_from)
    return Annex(
        source=SOURCE,
        controls=tuple(_control(control, rows) for control in CONTROLS),
        all_alerts=_evidence("", "All alerts", (), rows),
        precision=tuple(precision_by_rule(responses)),
        gaps=tuple(_gaps(rows, read, counted)),
        engine=f"{ports.engine.number}:{ports.engine.digest}",
        policy_version=ports.policy_version,
        policy_sha256=hashlib.sha256(encode(policy)).hexdigest(),
    )


def _control(control: str, rows: Sequence[AlertRow]) -> ControlEvidence:
    rules = tuple(rule for rule in BY_ID if control in controls_of((rule,)))
    mine = set(rules)
    return _evidence(control, CONTROLS[control], rules, [row for row in rows if not mine.isdisjoint((row.rule, *row.rules))])


def _evidence(control: str, title: str, rules: tuple[str, ...], rows: Sequence[AlertRow]) -> ControlEvidence:
    return ControlEvidence(
        control=control,
        title=title,
        rules=rules,
        observed=dict(sorted(Counter(rule for row in rows for rule in {row.rule, *row.rules} if not rules or rule in rules).items())),
        alerts=len(rows),
        open=sum(row.status == "open" for row in rows),
        critical=sum(row.severity.value == "critical" for row in rows),
        detect=timing(row.detect_seconds for row in rows),
        notify=timing(row.notify_seconds for row in rows),
        acknowledge=timing(row.acknowledge_seconds for row in rows),
        close=timing(row.close_seconds for row in rows),
    )


def _gaps(rows: Sequence[AlertRow], read: WhatWasRead, counted: Numbers) -> Iterator[str]:
    """What the report cannot say, each in a sentence."""
    if not read.evidence:
        yield "No evidence is stored: the absence of alerts says nothing."
    if read.silent_days:
        named = ", ".join(read.silent_days[:_SILENT_SHOWN])
        more = f" and {len(read.silent_days) - _SILENT_SHOWN} more" if len(read.silent_days) > _SILENT_SHOWN else ""
        yield f"There is no evidence of {len(read.silent_days)} of the days in between: {named}{more}."
    if read.files is None:
        yield "The records were read when they arrived: what was ignored or dead-lettered then is counted by the hosts, not here."
    else:
        yield from _of_files(read)
    yield "Entries are counted from stored evidence: clean sign-ins that are familiar and that no rule needs are not stored."
    if cut := sum(row.truncated for row in rows):
        yield f"{cut} {noun(cut, 'alert has', 'alerts have')} more evidence than one read returns: counts of these are lower bounds."
    if addresses_cut(rows):
        yield f"An alert lists {MAX_ADDRESSES} addresses at most, and some reach that: the number of addresses is a lower bound."
    if late := sum(row.detect_seconds is None for row in rows):
        late_ones = f"{late} of {counted.alerts} {noun(counted.alerts, 'alert')}"
        yield f"Made more than 7 days after the event, from files or a backfill, so without a time to detect: {late_ones}."
    yield "Alerts are evidence about controls that the mapping lists as mitigations. They do not implement these controls, nor prove that they hold."


def addresses_cut(rows: Sequence[AlertRow]) -> bool:
    """Whether an alert may have more addresses than it lists."""
    return any(len(row.addresses) >= MAX_ADDRESSES for row in rows)


def _of_files(read: WhatWasRead) -> Iterator[str]:
    if read.files is None:
        return
    refused = sum(number for name, number in read.files.dispositions.items() if name.startswith("refused"))
    if refused:
        yield f"{refused} of {read.files.records} {noun(read.files.records, 'record')} could not be processed, in no number of this report."
    if left := sum(bool(file.left_out) for file in read.files.files):
        yield f"{left} {noun(left, 'file or part of an archive', 'files or parts of archives')} left out."
