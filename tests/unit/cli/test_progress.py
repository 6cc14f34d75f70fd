"""How far a replay is: a bar on a terminal, nothing in a pipe."""

import io

from gatewatch.cli.progress import following
from gatewatch.cli.records import AGAIN, COMPUTING, READING, Input
from gatewatch.cli.screen import Screen


class Terminal(io.StringIO):
    def isatty(self):
        return True


def read_with(stream):
    given = Input(lambda journal: iter(range(3)), lambda: 2 * 2**20)
    phases = []
    with following(given, Screen(io.StringIO(), stream, io.StringIO())) as moved:
        shown = given.on_phase

        def noted(phase):
            phases.append(phase)
            shown(phase)

        given.on_phase = noted
        for _ in range(2):
            for number in given.records():
                given.current.taken += 2**19
                moved(number)
    return phases, stream.getvalue()


def test_a_terminal_shows_phase_bytes_and_records():
    phases, shown = read_with(Terminal())
    assert phases == [READING, COMPUTING, AGAIN, COMPUTING]
    assert "MB" in shown
    assert all(phase in shown for phase in (READING, AGAIN, COMPUTING))


def test_a_pipe_shows_nothing():
    assert read_with(io.StringIO())[1] == ""
