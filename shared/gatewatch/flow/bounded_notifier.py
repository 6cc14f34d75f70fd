"""A channel that may use a bounded part of a run, so that one that hangs or refuses does not stop the reading."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from ..errors import NotifyError, NotifyUnavailable
from ..ports import Clock, Notice, Notifier, PlainNotice, PlainNotifier

LOG = logging.getLogger(__name__)
HANGS_AFTER = timedelta(seconds=3)
"""A message that fails after more time than this opens the circuit at once."""

IN_A_ROW = 3
"""So many times in a row unavailable open the circuit. A refusal does not: it is about one message, and must not keep the others."""

PAUSE = timedelta(seconds=30)
"""How long the circuit stays open before another message is tried."""


class ChannelLimits(Struct, frozen=True, kw_only=True):
    """How long all messages of one run may take, how long one message may take, and how many seconds the run has left."""

    seconds: float
    longest: float
    remaining: Callable[[], float]


class BoundedNotifier:
    """A notifier for one run. A message that it does not take stays pending; the sweep sends it.

    Whatever the channel raises becomes a ``NotifyError`` that names the type only: an error text could quote a record or a secret.
    """

    def __init__(self, inner: Notifier, clock: Clock, limits: ChannelLimits) -> None:
        self.name = inner.name
        self._inner, self._clock, self._limits = inner, clock, limits
        self._left = limits.seconds
        self._failures = 0
        self._open_until: datetime | None = None

    def send(self, notice: Notice) -> None:
        """As the channel does; raises ``NotifyUnavailable`` when the circuit is open, or the channel or the run has no time left."""
        self._bounded(lambda: self._inner.send(notice))

    def send_plain(self, notice: PlainNotice) -> None:
        """The same for a message that is about no alert; raises ``NotifyError`` for a channel that takes none."""
        inner = self._inner
        if not isinstance(inner, PlainNotifier):
            raise NotifyError(f"channel {self.name} takes alerts only")
        self._bounded(lambda: inner.send_plain(notice))

    def _bounded(self, send: Callable[[], None]) -> None:
        begun = self._clock()
        self._check(begun)
        failures = self._failures
        try:
            send()
            self._failures = 0
        except NotifyUnavailable:
            self._failures += 1
            raise
        except NotifyError:
            raise  # the channel refused this one message; others may be taken
        except Exception as error:  # noqa: BLE001 - one message must not fail the run
            raise NotifyError(f"channel {self.name} failed: {type(error).__name__}") from None
        finally:
            self._account(self._clock() - begun, failed=self._failures > failures)

    def _check(self, now: datetime) -> None:
        if self._left <= 0:
            raise NotifyUnavailable(f"channel {self.name} has used up its time of this run")
        if self._open_until is not None and now < self._open_until:
            raise NotifyUnavailable(f"channel {self.name} failed and is not tried again before {self._open_until:%H:%M:%S}")
        if self._limits.remaining() < self._limits.longest:
            raise NotifyUnavailable(f"too little time is left in this run for channel {self.name}")

    def _account(self, took: timedelta, *, failed: bool) -> None:
        self._left -= took.total_seconds()
        if failed and (took >= HANGS_AFTER or self._failures >= IN_A_ROW):
            self._open_until = self._clock() + PAUSE
            LOG.warning("channel %s does not take messages and is left alone for %s", self.name, PAUSE)
        if self._left <= 0:
            LOG.warning("channel %s has used up its time of this run; what it still has to send waits for the sweep", self.name)
