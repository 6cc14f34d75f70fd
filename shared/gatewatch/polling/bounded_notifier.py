"""A channel that may use a bounded part of a run, so that one that hangs does not stop the reading."""

import logging

from ..errors import NotifyUnavailable
from ..ports import Clock, Notice, Notifier

LOG = logging.getLogger(__name__)


class BoundedNotifier:
    """A notifier with so many seconds for all its messages of one run. What comes later stays pending; the sweep sends it."""

    def __init__(self, inner: Notifier, clock: Clock, seconds: float) -> None:
        self.name = inner.name
        self._inner, self._clock, self._left = inner, clock, seconds

    def send(self, notice: Notice) -> None:
        """As the channel does; raises ``NotifyUnavailable`` when its time is used up."""
        if self._left <= 0:
            raise NotifyUnavailable(f"channel {self.name} has used up its time of this run")
        begun = self._clock()
        try:
            self._inner.send(notice)
        finally:
            self._left -= (self._clock() - begun).total_seconds()
            if self._left <= 0:
                LOG.warning("channel %s has used up its time of this run; what it still has to send waits for the sweep", self.name)
