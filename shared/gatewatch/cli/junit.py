"""Results as a JUnit XML file, which pipelines show beside their own tests."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from .screen import printable


class Result(NamedTuple):
    """One case: its name, its problems (none: passed), and why it was skipped, if it was."""

    name: str
    problems: Sequence[str] = ()
    skipped: str = ""


def write(file: str, suite: str, results: Iterable[Result]) -> None:
    """Write the file; characters that XML cannot hold are replaced."""
    cases = list(results)
    root = ET.Element("testsuites")
    counts = {
        "tests": len(cases),
        "failures": sum(bool(case.problems) for case in cases),
        "skipped": sum(bool(case.skipped) for case in cases),
        "errors": 0,
    }
    top = ET.SubElement(root, "testsuite", {"name": suite, **{name: str(count) for name, count in counts.items()}})
    for case in cases:
        element = ET.SubElement(top, "testcase", {"classname": suite, "name": printable(case.name)})
        if case.problems:
            failure = ET.SubElement(element, "failure", {"message": printable(case.problems[0])})
            failure.text = "\n".join(printable(problem) for problem in case.problems)
        elif case.skipped:
            ET.SubElement(element, "skipped", {"message": printable(case.skipped)})
    Path(file).write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
