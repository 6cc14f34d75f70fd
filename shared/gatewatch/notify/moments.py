"""Times and spans as responders read them."""

from datetime import UTC, datetime

from ..model.spans import span as span  # noqa: PLC0414 - whoever writes a time writes spans as well


def when(moment: datetime) -> str:
    """UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
