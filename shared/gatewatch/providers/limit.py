"""How many events of one kind become evidence."""

from datetime import timedelta
from typing import Literal

from msgspec import Struct


class Limit(Struct, frozen=True):
    """At most this many events of one principal, or of one source address, in each span of time (UTC). The rest is ignored and counted."""

    of: Literal["principal", "address"]
    span: timedelta
    at_most: int
    asked_from: int = 1  # events in one batch from which the store is asked how many it holds; fewer are kept without a question
