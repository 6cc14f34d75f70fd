"""What a channel is: a name, the settings it needs, and what builds its notifier."""

from collections.abc import Callable

from msgspec import Struct

from ...ports import Notifier
from ...settings import Configuration, Setting
from ..links import Links

type Build = Callable[[Configuration, Links], Notifier]
"""Makes the notifier. It imports what is heavy itself: only a host that serves the channel pays for it."""


class Channel(Struct, frozen=True, kw_only=True):
    """One channel. A host serves it where every setting in ``needs`` is set.

    ``build`` is None where the notifier needs a cloud's SDK: the host folder that has the SDK brings the builder.
    """

    name: str
    title: str
    needs: tuple[Setting, ...]
    settings: tuple[Setting, ...] = ()  # what it can be given beside ``needs``
    build: Build | None = None
    resolves: bool = False  # it is notified of a close as well (alerts.pending.RESOLVING)
