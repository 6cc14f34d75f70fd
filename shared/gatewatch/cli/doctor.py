"""How `gatewatch doctor ...` speaks, for every host: the options, the blocks that people read, the JSON for machines, the exit code."""

from argparse import ArgumentParser, Namespace
from typing import Any

from ..doctor.findings import Diagnosis, Examination
from ..model import Severity
from .command import DONE, FAILED, USAGE
from .screen import Screen

EXITS = "Exit codes: 0 healthy; 1 something is wrong; 2 nothing wrong was found, but something could not be looked at."
_CODES = {"healthy": DONE, "findings": FAILED, "could_not_look": USAGE}
SCHEMA = 1
"""Of the JSON; a field is added without a new number, never renamed or removed."""


def arguments(parser: ArgumentParser) -> None:
    """The options that every doctor has."""
    parser.add_argument("--json", action="store_true", help="one JSON object with everything, instead of text")
    parser.add_argument(
        "--fail-from", choices=[one.value for one in Severity], default="low", help="findings below this severity leave the exit code 0"
    )


def show(found: Examination, options: Namespace, screen: Screen) -> int:
    """Print an examination as the options say; the exit code of the command."""
    if options.json:
        screen.json(as_json(found))
    else:
        _show(found, screen)
    if found.state == "findings" and all(one.severity < Severity(options.fail_from) for one in found.findings):
        return USAGE if any(not one.because for one in found.not_looked) else DONE
    return _CODES[found.state]


def as_json(found: Examination) -> dict[str, Any]:
    """The examination for machines: docs/doctor.md explains its fields."""
    return {
        "schema": SCHEMA,
        "target": found.target,
        "state": found.state,
        "checks": found.checks,
        "findings": [
            {
                "id": one.id,
                "severity": one.severity,
                "subject": one.subject,
                "problem": one.problem,
                "fix": one.fix,
                "docs": one.link,
            }
            for one in found.findings
        ],
        "not_looked": found.not_looked,
        "never_asked": found.never_asked,
    }


def _show(found: Examination, screen: Screen) -> None:
    for finding in found.findings:
        _show_finding(finding, screen)
    for missing in found.not_looked:
        why = f" (see {missing.because})" if missing.because else ""
        subject = f" {missing.subject}" if missing.subject else ""
        screen.line(f"not looked at: {missing.check}{subject}: {missing.reason}{why}")
        _show_fix(missing.fix, screen)
    if found.not_looked:
        screen.line()
    for limit in found.never_asked:
        screen.note(f"never asked: {limit.what}: {limit.reason}; see it with: {limit.command}")
    asked, answered = len(found.checks), len(found.checks) - len(found.not_looked)
    screen.note(f"{found.target}: {asked} checks, {answered} answered, {len(found.findings)} findings")


def _show_finding(finding: Diagnosis, screen: Screen) -> None:
    subject = f" {finding.subject}" if finding.subject else ""
    screen.line(f"{finding.severity.upper()} {finding.id}{subject}")
    screen.line(f"  wrong  {finding.problem}")
    _show_fix(finding.fix, screen)
    screen.line(f"  docs   {finding.link}")
    screen.line()


def _show_fix(fix: str, screen: Screen) -> None:
    """The first line in words, the others to copy."""
    first, *more = fix.splitlines() or [""]
    if first:
        screen.line(f"  fix    {first}")
    for line in more:
        screen.verbatim(f"         {line}")
