"""`gatewatch check`: detection tests as data. Keep your own cases beside your tuning file and run them in your pipeline."""

import traceback
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from .. import junit
from ..command import DONE, FAILED, Command
from ..junit import Result
from ..screen import Screen
from . import expectations
from .actual import actual_result
from .cases import WorkedCase, read
from .run import run


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("cases", nargs="+", metavar="CASES.jsonl", help="case files: one JSON object a line (docs/cases.md)")
    parser.add_argument("--json", action="store_true", help="one JSON line a case: case, passed, actual (documents and renderings too)")
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML as well")
    parser.add_argument("-k", dest="only", metavar="TEXT", default="", help="only cases whose name or title holds this text")


class CaseVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one case. An unsupported case has ``passed`` null: it neither passed nor failed."""

    case: str
    title: str
    passed: bool | None
    unsupported: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    actual: dict[str, Any] | None = None


def verdict(case: WorkedCase) -> CaseVerdict:
    """Run one case and compare. A case that raises fails, and the difference says where it raised."""
    if case.problem:
        return CaseVerdict(case=case.name, title=case.title, passed=False, differences=(case.problem,))
    if case.unsupported:
        return CaseVerdict(case=case.name, title=case.title, passed=None, unsupported=case.unsupported)
    try:
        actual = actual_result(case, run(case))
        differences = tuple(expectations.differences(actual))
        shown = actual.to_json()
    except Exception as error:  # noqa: BLE001 - the one broad catch: whatever a case raises is that case's failure
        last = traceback.extract_tb(error.__traceback__)[-1]
        differences = (f"crashed: {type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}",)
        shown = {"no_crash": False}
    unsupported = expectations.unsupported_invariants(case.expect)
    return CaseVerdict(
        case=case.name,
        title=case.title,
        passed=False if differences else None if unsupported else True,
        unsupported=unsupported,
        differences=differences,
        actual=shown,
    )


def _run(options: Namespace, screen: Screen) -> int:
    cases = [case for path in options.cases for case in read(Path(path)) if options.only in f"{case.name} {case.title}"]
    counts: Counter[str] = Counter()
    results: list[Result] = []
    with screen.progress("cases", len(cases)) as step:
        for case in cases:
            result = verdict(case)
            counts[_state(result)] += 1
            _show(result, options, screen)
            results.append(Result(f"{result.case} {result.title}", result.differences, ", ".join(result.unsupported)))
            step(1)
    if options.junit:
        junit.write(options.junit, "gatewatch check", results)
    summary = f"{counts['passed']} passed, {counts['failed']} failed, {counts['unsupported']} unsupported"
    (screen.note if options.json else screen.line)(summary)
    if not cases:
        screen.note("no case matched: nothing was checked")
    return FAILED if counts["failed"] or not cases else DONE


def _state(result: CaseVerdict) -> str:
    return "unsupported" if result.passed is None else "passed" if result.passed else "failed"


def _show(result: CaseVerdict, options: Namespace, screen: Screen) -> None:
    if options.json:
        screen.json({"case": result.case, "passed": result.passed, "actual": result.actual, **_trouble(result)})
    elif not result.passed:
        screen.line(f"{_state(result)}  {result.case}  {result.title}")
        for line in (*result.differences, *result.unsupported):
            screen.line(f"    {line}")


def _trouble(result: CaseVerdict) -> dict[str, Any]:
    trouble: dict[str, Any] = {}
    if result.unsupported:
        trouble["unsupported"] = result.unsupported
    if result.differences:
        trouble["differences"] = result.differences
    return trouble


COMMAND = Command(
    "check", "run case files through the real pipeline and say what differs", "gatewatch check examples/cases.jsonl", _arguments, _run
)
