"""`gatewatch explain`: what every rule says of a record, and the arithmetic of its score."""

import textwrap
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ..alerts.activities import activities
from ..alerts.evaluate import Match, evaluate
from ..alerts.windows import Windows
from ..documents import arithmetic
from ..evidence import ignore_reason, make
from ..flow import decoding
from ..model import Activity, Assessment, Event, Evidence, Ignored, RawRecord, Refused
from ..providers.catalogue import CORRELATION, RULES
from ..providers.rule import Finding, Rule, Window
from ..scoring import score
from ..tuning import Tuning
from . import wiring
from .command import DONE, FAILED, Command
from .records import reader
from .screen import Screen

WIDTH = 110


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("record", nargs="+", metavar="RECORD", help="a file with one record or many (they are each other's context), or -")
    parser.add_argument("--tuning", metavar="FILE", help="a tuning file, TOML or JSON")
    parser.add_argument("--json", action="store_true", help="one JSON line per activity")


def _run(options: Namespace, screen: Screen) -> int:
    tuning = wiring.tuning(options.tuning, screen)
    with reader(options.record, screen) as given:
        events, unread = _decoded(given.records())
    for record in unread:
        _show_unread(record, screen, as_json=options.json)
    happened = CORRELATION.complete(activities(_evidence(events), tuning), tuning, datetime.now(UTC))
    windows = Windows(happened)
    for activity in happened:
        said = explained(activity, windows.before(activity, score.ALL_RULES.reach(activity)), tuning)
        if options.json:
            screen.json(said)
        else:
            _show(said, screen)
    for matches in evaluate(happened, tuning):
        if matches.partner is not None:
            _show_pair(matches, screen, as_json=options.json)
    return FAILED if any(isinstance(record, Refused) for record in unread) else DONE


def _decoded(records: Iterable[RawRecord | Refused]) -> tuple[list[Event], list[Ignored | Refused]]:
    events: list[Event] = []
    unread: list[Ignored | Refused] = []
    for record in records:
        for found in [record] if isinstance(record, Refused) else decoding.decode(record):
            if isinstance(found, Event):
                events.append(found)
            else:
                unread.append(found)
    return events, unread


def _evidence(events: Iterable[Event]) -> list[Evidence]:
    now = wiring.now()
    return [make(event, fetched=None, now=now) for event in events]


def explained(activity: Activity, window: Window, tuning: Tuning) -> dict[str, Any]:
    """The answer of every rule for an activity, and its score with every component."""
    assessment = score.assess(activity, window, tuning)
    matches = {rule.id: found for rule, found in score.findings(activity, window, tuning)}
    return {
        "id": activity.id,
        "time": activity.time,
        "kind": activity.event.kind,
        "action": activity.event.action,
        "outcome": activity.event.outcome.value,
        "principal": activity.event.principal,
        "address": activity.event.place.ip or activity.event.place.address,
        "evidence": ignore_reason(activity.event, tuning) or "kept",
        "closed": activity.closed,
        "rules": [_answer(rule, matches.get(rule.id)) for rule in RULES],
        **_scored(assessment),
    }


def _answer(rule: Rule, finding: Finding | None) -> dict[str, Any]:
    if finding is None:
        return {"rule": rule.id, "fires": False}
    return {"rule": rule.id, "fires": True, "points": finding.points, "reason": finding.reason}


def _scored(assessment: Assessment | None) -> dict[str, Any]:
    if assessment is None:
        return {"score": None, "severity": None, "components": (), "suppressed_by": None}
    return {
        "score": assessment.score,
        "severity": assessment.severity,
        "components": assessment.components,
        "suppressed_by": assessment.suppressed_by,
    }


def _show_unread(record: Ignored | Refused, screen: Screen, *, as_json: bool) -> None:
    word = "refused" if isinstance(record, Refused) else "ignored"
    if as_json:
        screen.json({"origin": record.origin, word: record.reason})
    else:
        screen.line(f"{record.origin or 'record'}: {word}: {record.reason}")


def _show(said: dict[str, Any], screen: Screen) -> None:
    screen.line(
        f"{said['action']}: {said['outcome']}, {said['principal']} from {said['address'] or 'an unknown address'}, {said['time']:%Y-%m-%d %H:%M:%S} UTC"
    )
    screen.line(f"  {said['id']}" + ("  (its risk was closed)" if said["closed"] else ""))
    if said["evidence"] != "kept":
        screen.line(f"  alone it would not be kept as evidence: {said['evidence']}")
    for answer in said["rules"]:
        if answer["fires"]:
            screen.line(f"  fires   {answer['rule']} ({answer['points']}): {answer['reason']}")
    silent = ", ".join(answer["rule"] for answer in said["rules"] if not answer["fires"])
    for line in textwrap.wrap(silent, WIDTH, initial_indent="  silent  ", subsequent_indent=" " * 10):
        screen.line(line)
    if said["score"] is None:
        screen.line("  no rule fires")
    else:
        for row in arithmetic(said["components"], said["score"], said["severity"]):
            screen.line(f"  {row}")
    if said["suppressed_by"]:
        screen.line(f"  suppressed by allowlist entry {said['suppressed_by']}")
    screen.line()


def _show_pair(matches: Match, screen: Screen, *, as_json: bool) -> None:
    """A rule on two activities of one person; the activities themselves came before."""
    if as_json:
        screen.json({"pair": matches.event_ids, "person": matches.key.principal, "closed": matches.closed, **_scored(matches.assessment)})
        return
    screen.line(f"{matches.assessment.rule}: {matches.assessment.reason}")
    screen.line(f"  {' + '.join(matches.event_ids)}")
    for row in arithmetic(matches.assessment.components, matches.assessment.score, matches.assessment.severity):
        screen.line(f"  {row}")


COMMAND = Command(
    "explain",
    "what every rule says of a record, with the arithmetic",
    "gatewatch explain examples/root_login_no_mfa.json",
    _arguments,
    _run,
)
