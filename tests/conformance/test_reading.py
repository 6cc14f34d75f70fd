"""The reading cases, each through the command line."""

import io
import json
from pathlib import Path

import pytest

from gatewatch.cli.program import run as run_command
from gatewatch.cli.screen import Screen
from gatewatch.reading.files import Journal, read
from gatewatch.reading.json_text import value_of
from tests.conformance.reading import OTHERS, REPLAYS, WAITING


def case(data: Path, name: str):
    return json.loads((data / "reading" / f"{name}.json").read_text("utf-8"))


def run(*argv: object) -> tuple[int, list[dict], str]:
    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
    code = run_command([str(part) for part in argv], screen)
    return code, [json.loads(line) for line in screen.out.getvalue().splitlines()], screen.err.getvalue()


def waiting(names):
    return [
        pytest.param(name, marks=[pytest.mark.xfail(strict=True, reason=f"waits for {WAITING[name]}")] if name in WAITING else [])
        for name in names
    ]


@pytest.mark.parametrize("name", waiting(REPLAYS))
def test_a_file_that_people_hand_over_is_read(conformance_data, tmp_path, name):
    expected, store = REPLAYS[name], f"sqlite:{tmp_path / 'store.sqlite'}"
    code, (summary,), _ = run("replay", "--json", "--store", store, conformance_data / "reading" / case(conformance_data, name)["input"])
    alerts = run("alerts", "list", "--store", store, "--json")[1]
    assert summary["alerts_by_rule"] == expected.alerts
    assert expected.dispositions is None or summary["dispositions"] == expected.dispositions
    assert code == expected.code
    assert not expected.severity or [alert["gatewatch"]["severity"] for alert in alerts] == [expected.severity]
    assert not expected.day or [alert["@timestamp"][:10] for alert in alerts] == [expected.day]


class OneLine(io.RawIOBase):
    """Case F07: 70 MiB and 84,562 records on one line, made as they are read."""

    RECORDS = 84_562

    def __init__(self):
        super().__init__()
        self._rest = b'{"Records":['
        self._numbers = iter(range(self.RECORDS))

    def readable(self):
        return True

    def readinto(self, target):
        while len(self._rest) < len(target) and (number := next(self._numbers, None)) is not None:
            end = b"]}" if number == self.RECORDS - 1 else b","
            self._rest += b'{"eventID":"%d","eventName":"DescribeInstances","text":"%s"}' % (number, b"x" * 820) + end
        found, self._rest = self._rest[: len(target)], self._rest[len(target) :]
        target[: len(found)] = found
        return len(found)


def test_one_enormous_line_is_read_as_its_records():
    journal, ids = Journal(), set()
    for item in read(["-"], stdin=io.BufferedReader(OneLine()), journal=journal):
        ids.add(value_of(item.data)["eventID"])
    assert len(ids) == OneLine.RECORDS
    assert journal.taken > 70 * 2**20


def test_every_case_has_a_test(conformance_data):
    given = {path.stem for path in (conformance_data / "reading").glob("*.json")}
    assert REPLAYS.keys() | OTHERS.keys() == given
    assert WAITING.keys() <= given
