"""The jobs of one timer."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial

from msgspec import structs

from gatewatch.errors import GatewatchError, StoreError
from gatewatch.flow.announce import log_announced
from gatewatch.flow.announced import Announcements, remembering, settle
from gatewatch.flow.pipeline import SWEEP_LIMIT, sweep
from gatewatch.flow.policy import remembered
from gatewatch.polling.errors import Behind, FilterRefused
from gatewatch.polling.poll import poll
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.report import PollReport
from gatewatch.polling.streams import Stream, can_wait

from .explanations import of_storage
from .metrics import emit

LOG = logging.getLogger(__name__)
LEAST_SECONDS = 5.0
"""What must be left of a run for a stream that has only what others leave."""
SWEEP_PART = 0.5
"""The part of a sweep that the look at risky sign-ins may use, and that one channel may use."""


def run_each(jobs: Iterable[Callable[[], None]]) -> None:
    """Runs all of them even when some fail, then raises what failed, so that the host counts the run as failed."""
    failures: list[Exception] = []
    for job in jobs:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - raised below, together
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise ExceptionGroup("several jobs of this run failed", failures)


def poll_each(streams: Sequence[Stream], needs: Dependencies) -> None:
    """Polls one stream after the other, each in a part of the time that is left by its weight. Raises as ``poll_stream`` does, at the end.

    What is spare waits while a heavier stream is behind, until the source may forget what it reads next; then it weighs as much as any.
    """

    def job(stream: Stream, part: float) -> None:
        if stream.spare and (needs.deadline.left() < LEAST_SECONDS or _weight(stream, streams, needs) == 0):
            _measure(stream.name, "no_time", needs)
        else:
            poll_stream(stream, needs, part)

    weights = [_weight(stream, streams, needs) for stream in streams]
    parts = [weight / sum(weights[number:]) if weight else 1 for number, weight in enumerate(weights)]
    run_each([partial(job, stream, part) for stream, part in zip(streams, parts, strict=True)])


def _weight(stream: Stream, streams: Sequence[Stream], needs: Dependencies) -> int:
    """What a stream weighs now, as far as this process knows: nothing if it waits for another one."""
    known = needs.reports.get(stream.name)
    if not stream.spare or known is None:
        return stream.weight
    if not can_wait(stream, known.watermark, needs.ports.clock()):
        return max(one.weight for one in streams)
    heavier = (needs.reports.get(one.name) for one in streams if one.weight > stream.weight)  # what a light one reads is read last as well
    return 0 if any(report is not None and report.behind for report in heavier) else stream.weight


def poll_stream(stream: Stream, needs: Dependencies, part: float = 1) -> PollReport:
    """Polls one stream in this part of the time that is left, and writes its metrics.

    Raises:
        Behind: the stream did not finish several times in a row.
        Exception: whatever ``poll`` raises, but for a filter that Graph refuses although others read the same.
    """
    fault: list[PollReport] = []
    try:
        report = poll(stream, structs.replace(needs, deadline=needs.deadline.share(part)), fault.append)
    except FilterRefused as refused:
        LOG.warning("poll %s: %s", stream.name, refused)
        _measure(stream.name, "refused", needs)
        return PollReport(stream.name, "refused")
    except Exception as error:
        _measure(stream.name, "failed", needs, *fault)
        LOG.error("poll %s of tenant %s failed: %s", stream.name, needs.tenant, _explained(error))  # noqa: TRY400 - the host logs the trace
        raise
    needs.reports[stream.name] = report
    _measure(stream.name, report.state, needs, report)
    LOG.info("poll %s: %s, read up to %s, again up to %s, %s", stream.name, report.state, report.watermark, report.rescanned, report.counts)
    try:
        report.raise_if_behind()
    except Behind as behind:
        LOG.error("%s", behind)  # noqa: TRY400 - the alarm reads this line; the trace says nothing more
        raise
    return report


def _explained(error: Exception) -> str:
    """What is wrong, for a person; never the text of an error that is not ours."""
    from azure.core.exceptions import AzureError, HttpResponseError  # noqa: PLC0415 - heavy

    match error:
        case GatewatchError():
            return str(error)
        case HttpResponseError():
            return of_storage(type(error).__name__, error.status_code)
        case AzureError():
            return of_storage(type(error).__name__, None)
    return f"unexpected {type(error).__name__}"


def _measure(stream: str, state: str, needs: Dependencies, report: PollReport | None = None) -> None:
    """The line of one run of a stream."""
    if report is None:
        emit(needs.tenant, stream, state)
        return
    counts = report.counts
    emit(
        needs.tenant,
        stream,
        state,
        lag_seconds=_seconds(report.lag),
        rescan_lag_seconds=_seconds(report.rescan_lag),
        unfinished=report.unfinished,
        records=counts.get("read", 0),
        dead_letters=counts.get("dead_letters", 0),
        untold=counts.get("not_notified", 0),
        **needs.observed(),
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 1)


def look_and_send(streams: Sequence[Stream], needs: Dependencies) -> None:
    """A sweep: these streams first, so that no channel keeps them from being read, then what is pending. Raises what failed, at the end."""
    looking = structs.replace(needs, deadline=needs.deadline.share(SWEEP_PART))
    run_each([lambda: poll_each(streams, looking), lambda: send_pending(needs)])


def send_pending(needs: Dependencies) -> None:
    """Sign-ins that were not found before, and pending notifications; what was announced goes into the logs first."""
    known = Announcements(others=needs.checkpoint.announced)
    ports = remembering(needs.ports, known)
    try:
        settle(log_announced(needs.checkpoint.announced(), ports), needs.checkpoint)
        outcome = sweep(ports)
        urgent = _urgent_pending(needs)
    except StoreError:
        needs.checkpoint.remember(known.all())  # what was sent and could not be marked
        emit(needs.tenant, "sweep", "failed")
        raise
    emit(needs.tenant, "sweep", "done", untold=urgent)
    failed = sum(bool(sent.error) for sent in outcome.sent)
    LOG.info("sweep: %d notified, %d not, records %s", len(outcome.sent) - failed, failed, outcome.counts())


def _urgent_pending(needs: Dependencies) -> int:
    """How many alerts from the urgent severity on have a notification pending after this sweep."""
    store = needs.ports.store
    found = store.read_alerts(store.pending(SWEEP_LIMIT))
    return sum(one.alert.severity >= remembered(needs.ports).urgent_from for one in found.values())
