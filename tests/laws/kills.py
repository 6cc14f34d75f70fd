"""The function of AWS is killed at every call of a batch and of a sweep, and its index and its topic fail in every way: what is lost, untold, told twice.

`python -m tests.laws.kills` runs it and writes the table of docs/aws.md; a test holds that table against a run.
"""

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gatewatch.stores import open_store
from tests.laws.process_end import Kill
from tests.laws.urgent import CHANNELS, Turn, World

PAGE = Path(__file__).resolve().parents[2] / "docs" / "aws.md"
BEGIN, END = "<!-- kills -->", "<!-- /kills -->"
KINDS = ("urgent", "medium", "urgent", "medium", "medium")
STORES = {
    "away": "is away",
    "refuses_evidence": "refuses records",
    "refuses_alerts": "refuses alerts",
    "breaks": "meets a fault of ours",
}
TOPICS = ("up", "away", "hangs", "refuses", "breaks")


class Outcome(NamedTuple):
    """What became of one run."""

    lost: int  # records without an alert, or still somewhere else than in the index
    untold: int  # notifications that a channel never got
    twice: int  # notifications that a channel got again, though the one named crash does not explain it
    crashed: int  # notifications that a channel got again because the process ended between its acceptance and the mark in the log


def outcome(world: World, kinds: Sequence[str]) -> Outcome:
    """After everything is well again."""
    world.recover()
    accounts = [f"{number:012d}" for number in range(len(kinds))]
    heard = Counter((one.channel, one.account) for one in world.heard)
    stored = world.stored()
    lost = sum(account not in stored or stored[account] != () for account in accounts) + len(world.queue) + len(world.dead)
    untold = sum((channel, account) not in heard for channel in CHANNELS for account in accounts)
    again = {what for what, times in heard.items() if times > 1}
    return Outcome(lost, untold, len(again - world.unmarked), len(again & world.unmarked))


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    calls: int
    outcomes: tuple[Outcome, ...]

    def cells(self) -> tuple[str, ...]:
        """As the page has it."""
        total = [sum(one[number] for one in self.outcomes) for number in range(4)]
        return (self.what, str(self.calls), str(len(self.outcomes)), *map(str, total))


def new(kinds: Sequence[str] = KINDS) -> World:
    """A function with an empty index and these records in its queue."""
    world = World(open_store("memory:"))
    world.arrive(kinds)
    return world


def killed(what: str, turn: Turn, work: Callable[[World, Turn], None], before: Callable[[World], None] = lambda _: None) -> Row:
    """A process that ends before and after each call that it makes to the world."""
    whole = new()
    before(whole)
    whole.steps.clear()
    work(whole, turn)
    calls = len(whole.steps)
    found = []
    for kill in (Kill(call, after) for call in range(1, calls + 1) for after in (False, True)):
        world = new()
        before(world)
        world.steps.clear()
        world.kill = kill
        work(world, turn)
        found.append(outcome(world, KINDS))
    return Row(what, calls, tuple(found))


def failing(store: str) -> Row:
    """The index fails from each of its calls on, twice, while the topic is in each of its states; then in a new process."""
    whole = new()
    whole.deliver(Turn())
    found = []
    for calls in range(whole.calls + 1):
        for topic in TOPICS:
            for cold in (False, True):
                world = new()
                turn = Turn(store=store, calls=calls, sns=topic)
                world.deliver(turn)
                world.deliver(turn._replace(cold=cold))
                found.append(outcome(world, KINDS))
    return Row(f"the index {STORES[store]} from the n-th call on, SNS up, away, silent, refusing or broken", whole.calls + 1, tuple(found))


def _pending(world: World) -> None:
    """The alerts are stored and nobody was notified."""
    world.deliver(Turn(sns="away", teams="away"))
    world.now += 3600


def rows() -> Iterator[Row]:
    """Every line of the table."""
    batch = World.deliver
    yield killed("a batch is killed", Turn(), batch)
    yield killed("a batch is killed while the index is away", Turn(store="away"), batch)
    yield killed("a batch is killed while the index refuses its records", Turn(store="refuses_evidence"), batch)
    yield killed("a batch is killed while the index refuses its alerts", Turn(store="refuses_alerts"), batch)
    yield killed("a batch is killed while SNS is away", Turn(sns="away"), batch)
    yield killed("a sweep with pending notifications is killed", Turn(), World.sweep, _pending)
    for store in STORES:
        yield failing(store)


def table(found: Sequence[Row]) -> str:
    """The part of docs/aws.md."""
    head = ("what happens", "calls at which", "runs", "lost", "untold", "told twice", "told twice by a crash between acceptance and mark")
    lines = [head, ("---",) * len(head), *(row.cells() for row in found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def written() -> str:
    """The table as the page has it."""
    return PAGE.read_text("utf-8").partition(f"{BEGIN}\n")[2].partition(f"\n{END}")[0]


def main() -> int:
    """Run everything, and write it down."""
    logging.disable(logging.CRITICAL)  # ten thousand warnings of channels that are away
    found = table(list(rows()))
    text = PAGE.read_text("utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    PAGE.write_text(f"{text[:start]}\n{found}\n{text[end:]}", "utf-8")
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
