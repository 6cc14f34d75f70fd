"""Where the polls stand: cursors, leases, dead letters, and the template that made the deployment."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from gatewatch import __version__
from gatewatch.doctor.findings import CannotLook, Diagnosis
from gatewatch.model import Severity
from gatewatch.polling.cursor import Cursor
from gatewatch.polling.poll import LEASE_MARGIN
from gatewatch.polling.report import UNFINISHED_RUNS
from gatewatch.polling.streams import Stream

from ..graph_streams import queries, streams
from ..settings import AUTO, BETA, CHECKPOINT_TABLE, TEMPLATE_VERSION
from .world import AzureWorld, tuning_of

LATE = timedelta(hours=1)
VERY_LATE = timedelta(hours=24)
SLOW_LATE = timedelta(hours=13)
"""The same for what the sweep reads, every six hours at least, and for what only repeats other streams."""
RESCAN_LATE = timedelta(hours=6)
RESTART = "az functionapp show -n APP -g GROUP --query state; az functionapp restart -n APP -g GROUP"


def cursors(world: AzureWorld) -> Iterator[Diagnosis]:
    """Streams that were never read, or not for long."""
    now, wanted = world.clock(), _streams(world)
    optional = {name: query.optional for name, query in queries(world.settings.graph, tuning_of(world)).items()}
    found = {cursor.stream: cursor for cursor in world.state.cursors()}
    for name, stream in wanted.items():
        cursor, slow = found.get(name), stream.spare or optional[name]
        if slow and (cursor is None or cursor.watermark is None):
            continue  # Graph may refuse its filter, or no run had time for it yet: others read the same
        if cursor is None or cursor.watermark is None:
            yield _finding(
                "cursor-missing",
                name,
                Severity.HIGH,
                f"The stream {name} was never read to the end of a run.",
                f"Is the function app there, and running?\n{RESTART}\nOr read it from here, into the same index:\ngatewatch poll --once",
            )
            continue
        late = now - stream.delay - cursor.watermark
        if late > (SLOW_LATE if slow else LATE):
            yield _finding(
                "cursor-old",
                name,
                Severity.CRITICAL if late > VERY_LATE else Severity.HIGH,
                f"The stream {name} is read up to {cursor.watermark:%Y-%m-%d %H:%M} UTC only, {_hours(late)} ago.",
                f"Look for the error of its last runs (Application Insights: traces | where message has 'poll {name}'), then:\n{RESTART}",
            )
        yield from _progress(name, cursor, stream, now)


def _progress(name: str, cursor: Cursor, stream: Stream, now: datetime) -> Iterator[Diagnosis]:
    behind = now - cursor.rescan.at - stream.overlap if cursor.rescan is not None else timedelta(0)
    if behind > RESCAN_LATE or cursor.unfinished >= UNFINISHED_RUNS:
        yield _finding(
            "stream-unfinished",
            name,
            Severity.HIGH,
            f"The second reading of {name} is {_hours(max(behind, timedelta(0)))} behind; {cursor.unfinished} runs in a row did not finish.",
            "Give runs more time (RUN_DEADLINE_SECONDS, up to a minute below the host's limit), or use the Event Hub (docs/azure.md).",
        )


def leases(world: AzureWorld) -> Iterator[Diagnosis]:
    """A lease that ends later than any run can last: the stream is not read until then."""
    now = world.clock()
    longest = timedelta(seconds=world.settings.poll.deadline_seconds) + 2 * LEASE_MARGIN
    for cursor in _of(world.state.cursors(), _streams(world)):
        if cursor.locked_until is not None and cursor.locked_until - now > longest:
            yield _finding(
                "lease-stuck",
                cursor.stream,
                Severity.CRITICAL,
                f"The lease of {cursor.stream} ends on {cursor.locked_until:%Y-%m-%d %H:%M} UTC, later than any run lasts: nobody reads it until then.",
                "Find out whose clock is wrong (clock-skew), then clear the row's locked_until:\n"
                f"az storage entity merge --account-name ACCOUNT --auth-mode login -t {_table(world)} "
                f"--entity PartitionKey={world.settings.graph.tenant_id} RowKey={cursor.stream} locked_until=",
            )


def dead_letters(world: AzureWorld) -> Iterator[Diagnosis]:
    """Records that could not be processed and wait for a person."""
    waiting = world.state.dead_letters()
    if waiting:
        yield _finding(
            "dead-letters-waiting",
            "",
            Severity.HIGH,
            f"About {waiting} records wait as dead letters: no rule has seen them.",
            "See why, then hand them over again once the cause is gone:\n"
            "gatewatch deadletter list https://ACCOUNT.queue.core.windows.net/QUEUE\n"
            "gatewatch deadletter redrive https://ACCOUNT.queue.core.windows.net/QUEUE",
        )


def template(world: AzureWorld) -> Iterator[Diagnosis]:
    """Whether the deployment was made by the template of this release."""
    there = world.settings.values[TEMPLATE_VERSION]
    if there is None:
        raise CannotLook(
            "the settings do not say which template made the deployment (TEMPLATE_VERSION)",
            "Give the doctor the settings of the function app:\n"
            "az functionapp config appsettings list -n APP -g GROUP -o json > settings.json\n"
            "gatewatch doctor azure --app-settings settings.json",
        )
    if there != __version__:
        older = _numbers(there) < _numbers(__version__)
        yield _finding(
            "template-older" if older else "template-newer",
            "",
            Severity.MEDIUM if older else Severity.LOW,
            f"The deployment was made by the template of {there}, and this is {__version__}: "
            + ("settings, roles and alarms that came since are missing." if older else "this doctor does not know all of it."),
            "az deployment group create -g GROUP --template-file infra/main.bicep --parameters infra/main.bicepparam"
            if older
            else "pip install --upgrade 'gatewatch[azure]'",
        )


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _finding(finding: str, subject: str, severity: Severity, problem: str, fix: str) -> Diagnosis:
    return Diagnosis(id=finding, subject=subject, severity=severity, problem=problem, fix=fix)


def _streams(world: AzureWorld) -> dict[str, Stream]:
    """Those that are on. With ``auto`` the ones of beta count: where beta is refused, the check of the version says so."""
    graph = world.settings.graph
    return streams(structs.replace(graph, api=BETA) if graph.api == AUTO else graph, world.settings.poll, tuning_of(world))


def _of(found: Sequence[Cursor], wanted: dict[str, Stream]) -> list[Cursor]:
    return [cursor for cursor in found if cursor.stream in wanted]


def _table(world: AzureWorld) -> str:

    return world.settings.values[CHECKPOINT_TABLE]


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.1f} hours"
