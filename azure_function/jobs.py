"""The jobs of one timer."""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec import structs

from gatewatch.errors import StoreError
from gatewatch.flow.announce import log_announced
from gatewatch.flow.announced import Announcements, remembering, settle
from gatewatch.flow.pipeline import sweep
from gatewatch.polling.errors import Behind
from gatewatch.polling.poll import poll
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Stream

LOG = logging.getLogger(__name__)
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
    """Polls one stream after the other; each gets an equal part of the time that is left. Raises as ``poll_stream`` does, at the end."""
    run_each([partial(poll_stream, stream, needs, 1 / (len(streams) - number)) for number, stream in enumerate(streams)])


def poll_stream(stream: Stream, needs: Dependencies, part: float = 1) -> None:
    """Polls one stream in this part of the time that is left.

    Raises:
        Behind: the stream did not finish several times in a row.
        Exception: whatever ``poll`` raises.
    """
    report = poll(stream, structs.replace(needs, deadline=needs.deadline.share(part)))
    LOG.info("poll %s: %s, read up to %s, again up to %s, %s", stream.name, report.state, report.watermark, report.rescanned, report.counts)
    try:
        report.raise_if_behind()
    except Behind as behind:
        LOG.error("%s", behind)  # noqa: TRY400 - the alarm reads this line; the trace says nothing more
        raise


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
    except StoreError:
        needs.checkpoint.remember(known.all())  # what was sent and could not be marked
        raise
    failed = sum(bool(sent.error) for sent in outcome.sent)
    LOG.info("sweep: %d notified, %d not, records %s", len(outcome.sent) - failed, failed, outcome.counts())
