"""When the next request to Graph may start, so that it stays below Graph's limits; shared by all connections of a process to one tenant."""

import threading
from collections import defaultdict, deque
from datetime import datetime, timedelta

REPORTS, IDENTITY_PROTECTION = "reports", "identityProtection"
AT_ONCE = {REPORTS: 5, IDENTITY_PROTECTION: 1}
"""Requests that one window takes: 5 reports in 10 s for an application in a tenant, 1 risk request a second for a whole tenant
(Microsoft Learn, "Microsoft Graph service-specific throttling limits")."""


class RequestSlots:
    """A sliding window for each group of collections. Safe for several threads."""

    def __init__(self) -> None:
        self._started: dict[str, deque[datetime]] = defaultdict(deque)
        self._lock = threading.Lock()

    def reserve(self, group: str, gap: float, now: datetime, left: float) -> float | None:
        """Seconds to wait for a slot, which is taken; None, and nothing is taken, if that is not within ``left``.

        ``gap`` is the mean time between two requests. A slow answer leaves slots that quick ones after it may use.
        """
        window = timedelta(seconds=gap * AT_ONCE[group])
        with self._lock:
            started = self._started[group]
            if started and started[-1] > now + window:
                started.clear()  # the clock went back
            start = max(now, started[-1]) if started else now
            if len(started) == AT_ONCE[group]:
                start = max(start, started[0] + window)
            wait = (start - now).total_seconds()
            if wait >= left:
                return None
            started.append(start)
            if len(started) > AT_ONCE[group]:
                started.popleft()
            return wait
