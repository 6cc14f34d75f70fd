"""What a report holds. Values are raw; whoever shows them escapes them. Times are in UTC, durations in seconds."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from ..alerts.responses import RulePrecision
from ..cases import PersonCase
from ..model import Severity
from ..tuning.report import EntryUse
from .what_if import Comparison


class ReadFile(Struct, frozen=True, kw_only=True):
    """One file: how it was read, how many records it held and what became of them; or why it was left out."""

    name: str
    read_as: str
    records: int
    kept: int
    ignored: int
    refused: int
    first: datetime | None
    last: datetime | None
    sha256: str = ""  # of the file as it lies there; empty for what can be read only once or lies elsewhere
    left_out: str = ""
    detail: str = ""


class RefusedRecord(Struct, frozen=True, kw_only=True):
    """A record that could not be processed: where it lies, and why."""

    origin: str
    reason: str
    detail: str = ""


class FilesRead(Struct, frozen=True, kw_only=True):
    """What a reading of files says: every record by what became of it, and every file."""

    records: int
    dispositions: dict[str, int]  # "stored", "ignored:reason", "refused:reason"
    files: tuple[ReadFile, ...] = ()
    refused: tuple[RefusedRecord, ...] = ()  # the first ones; all are counted
    doubts: dict[str, int] = {}  # data quality by name


class ReadDay(Struct, frozen=True, kw_only=True):
    """How much evidence there is of one UTC day, by provider."""

    day: str
    evidence: dict[str, int]


class WhatWasRead(Struct, frozen=True, kw_only=True):
    """What the report is made from. Without it "no alerts" could not be believed."""

    source: str  # the store's name, or the files
    days: tuple[ReadDay, ...]
    first: datetime | None  # of the evidence
    last: datetime | None
    silent_days: tuple[str, ...]  # days between the first and the last of which there is no evidence
    evidence: int
    by_provider: dict[str, int]
    evidence_digest: str  # SHA-256 over the sorted ids, each of which is the SHA-256 of its record
    entries: int = 0  # entries that succeeded, with or without a second factor
    files: FilesRead | None = None


class AlertRow(Struct, frozen=True, kw_only=True):
    """One alert on one line."""

    id: str
    family: str
    account: str
    principal: str
    person: str
    who: str
    rule: str
    rules: tuple[str, ...]
    severity: Severity
    score: int
    status: Literal["open", "closed"]
    suppressed_by: str
    time: datetime  # of its highest event
    lane: str  # the provider of its highest event
    pair_time: datetime | None  # of the other side of a pair
    pair_lane: str
    first: datetime
    last: datetime
    events: int
    addresses: tuple[str, ...]
    countries: tuple[str, ...]
    used: str
    outcome: str
    mfa: str
    reason: str
    created: datetime
    detect_seconds: float | None  # from its highest event to the alert; None where it is older than a live reading explains
    notify_seconds: float | None  # from the alert to its first notification
    acknowledge_seconds: float | None  # from the alert to its acknowledgement
    close_seconds: float | None  # from the alert to the close that stands
    verdict: str
    truncated: bool


class Entry(Struct, frozen=True, kw_only=True):
    """One way into an account: an activity to which a second factor applies, or a use of root or of a break-glass account."""

    id: str
    time: datetime
    provider: str
    account: str
    who: str
    person: str
    outcome: str
    used: str
    address: str
    place: str
    mfa: Literal["with", "without", "identity provider", "unknown", ""]  # who proved it; empty where it does not apply
    use: str = ""  # the provider's identity with every right ("root"), or break-glass
    unexplained: bool = False  # a federated login that no sign-in at the identity provider explains


class Coverage(Struct, frozen=True, kw_only=True):
    """Entries of one account that succeeded, by what is known of the second factor."""

    provider: str
    account: str
    with_mfa: int
    without: int
    identity_provider: int
    unknown: int


class Numbers(Struct, frozen=True, kw_only=True):
    """What the report counts. Alerts that were merged or retracted are in none of these but their own."""

    alerts: int
    open: int
    closed: int
    suppressed: int
    merged_or_retracted: int
    people: int
    addresses: int
    by_severity: dict[str, int]
    by_rule: dict[str, int]
    by_week: dict[str, dict[str, int]]  # ISO week, severity


class Duration(Struct, frozen=True, kw_only=True):
    """One duration over alerts: how many have it, half of them within, and the longest, in seconds."""

    count: int
    median: float | None
    longest: float | None


class ControlEvidence(Struct, frozen=True, kw_only=True):
    """What was observed about one control."""

    control: str
    title: str
    rules: tuple[str, ...]  # those that give evidence about it
    observed: dict[str, int]  # alerts by each of these rules that matched; of all alerts by every rule
    alerts: int
    open: int
    critical: int
    detect: Duration
    notify: Duration
    acknowledge: Duration
    close: Duration


class Annex(Struct, frozen=True, kw_only=True):
    """The auditor's part: controls, durations, precision, gaps, and what everything was computed from."""

    source: str  # of the mapping of rules to controls
    controls: tuple[ControlEvidence, ...]
    all_alerts: ControlEvidence
    precision: tuple[RulePrecision, ...]
    gaps: tuple[str, ...]
    engine: str  # the rules and their points
    policy_version: int  # 0: no stored policy, the given tuning
    policy_sha256: str


class Suppression(Struct, frozen=True, kw_only=True):
    """One exception: who owns it until when, and what it hid."""

    use: EntryUse
    highest: int | None  # the highest score that it hid; None: nothing


class RuleText(Struct, frozen=True, kw_only=True):
    """What people read about a rule."""

    id: str
    title: str
    meaning: str
    tier: int
    attack: tuple[str, ...]
    controls: tuple[str, ...]
    false_positives: tuple[str, ...]
    playbook: str  # Markdown; empty for a rule that is gone


class Report(Struct, frozen=True, kw_only=True):
    """Everything but the details of alerts, which are made one by one."""

    generated: datetime
    version: str
    since: datetime | None
    person: str
    store: str  # how a command names the store
    read: WhatWasRead
    numbers: Numbers
    rows: tuple[AlertRow, ...]  # highest first
    coverage: tuple[Coverage, ...]
    uses: tuple[Entry, ...]  # of root and break-glass accounts, newest first
    unexplained: tuple[Entry, ...]  # newest first
    suppressions: tuple[Suppression, ...]
    what_if: Comparison | None
    annex: Annex
    rules: tuple[RuleText, ...]
    cases: tuple[PersonCase, ...] = ()
