"""The ports of channels: notices about alerts, and plain notices about the installation."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from msgspec import Struct

from ..model import Alert, AlertEvent


class Notice(Struct, frozen=True, kw_only=True):
    """One notification: the current alert, the reason, and the events that it is about.

    ``index_unavailable`` marks a finding that is not stored yet. Without ``news`` the notification is about all open events of the alert.
    """

    alert: Alert
    why: str  # new, raised, reopened, address
    index_unavailable: bool = False
    news: tuple[AlertEvent, ...] = ()  # the events that this channel has not been notified of, the highest first
    more: int = 0  # further ones that are only counted
    together: tuple[Alert, ...] = ()  # alerts that share events with this one, and of which this notification notifies as well
    related: tuple[Alert, ...] = ()  # other alerts that share events with this one


class Notifier(Protocol):
    """A channel. ``send`` returns when the channel has accepted the notification.

    Raises:
        NotifyUnavailable: try again later; the notification stays pending.
        NotifyError: the channel refused it; it is not sent again.
    """

    name: str

    def send(self, notice: Notice) -> None:
        """Write the message and send it."""
        ...


class PlainNotice(Struct, frozen=True, kw_only=True):
    """A message that is about no alert. Its texts may quote what people wrote: a channel makes them visible."""

    id: str  # equal whenever the same message is sent again
    at: datetime | None  # when what it is about happened
    subject: str
    lines: tuple[str, ...]


@runtime_checkable
class PlainNotifier(Protocol):
    """A channel that also takes messages that are about no alert. ``send_plain`` raises as ``Notifier.send``."""

    name: str

    def send_plain(self, notice: PlainNotice) -> None:
        """Write the message and send it."""
        ...
