"""``gatewatch elastic prune``: old months of alerts. Evidence ends by the data stream's own retention."""

import re
from datetime import date

from ...errors import ConfigError
from .answers import Json
from .client import Client
from .templates import ALERTS_ALIAS, ALERTS_PATTERN

_MONTH = re.compile(rf"{re.escape(ALERTS_ALIAS)}-(\d{{4}})\.(\d{{2}})")


def old_months(client: Client, *, keep: int, today: date) -> list[str]:
    """Indices of alerts that lie more than ``keep`` whole months before this one, oldest first."""
    if keep < 1:
        raise ConfigError("keep at least one month of alerts")
    found: Json = client.json(
        "GET", f"/{ALERTS_PATTERN}/_mapping", params={"allow_no_indices": "true", "filter_path": "*.mappings._meta"}
    ).body
    return sorted(name for name in found or () if _months_ago(name, today) > keep)


def _months_ago(name: str, today: date) -> int:
    """Whole months between an index and this month; -1 for an index that is not one of months."""
    month = _MONTH.fullmatch(name)
    return (today.year - int(month[1])) * 12 + today.month - int(month[2]) if month else -1


def prune(client: Client, *, keep: int, today: date, dry_run: bool = False) -> list[str]:
    """Delete old months, each by its full name; those that were, or would be, deleted.

    Raises:
        ConfigError: ``keep`` is less than one month.
        StoreUnavailable: the server is away, or the credential may not delete.
    """
    names = old_months(client, keep=keep, today=today)
    for name in () if dry_run else names:
        client.json("DELETE", f"/{name}", accept=(404,))
    return names
