"""Channels that remember what they were told, and a worker of the morning of the raw records that has them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.ports import Notice, Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.common import MORNING

NOW = MORNING + timedelta(hours=6)


class Channel:
    """A channel that remembers, and is away while told so."""

    def __init__(self, name: str, *, away: bool = False) -> None:
        self.name, self.away = name, away
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        if self.away:
            raise NotifyUnavailable("away")
        self.notices.append(notice)

    @property
    def told(self) -> list[str]:
        """Why it was told, and of which rule."""
        return [f"{notice.why} {notice.alert.rule}" for notice in self.notices]


class Refusing(Channel):
    """A channel that will never take anything."""

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        raise NotifyError(f"no to {len(notice.why)}")


def bundle(store: MemoryStore | None = None, *channels: Channel, clock: Callable[[], datetime] = lambda: NOW, **changes: Any) -> Ports:
    """A worker with these channels, all of them wired here."""
    names = tuple(sorted(channel.name for channel in channels))
    fields: dict[str, Any] = {"channels": names, "notifiers": {channel.name: channel for channel in channels}, **changes}
    return Ports(store=store or MemoryStore(), clock=clock, **fields)
