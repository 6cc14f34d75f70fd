"""``gatewatch elastic prune``: old months of alerts. Evidence ends by the data stream's own retention."""

import re
from datetime import date

from ...errors import ConfigError
from .answers import Json
from .client import Client
from .names import Names

_MONTH = re.compile(r"(\d{4})\.(\d{2})")


def old_months(client: Client, names: Names, *, keep: int, today: date) -> list[str]:
    """Indices of alerts of this installation that lie more than ``keep`` whole months before this one, oldest first."""
    if keep < 1:
        raise ConfigError("keep at least one month of alerts")
    found: Json = client.json(
        "GET", f"/{names.alert_months}/_mapping", params={"allow_no_indices": "true", "filter_path": "*.mappings._meta"}
    ).body
    return sorted(name for name in found or () if _months_ago(name.removeprefix(f"{names.alerts}-"), today) > keep)


def _months_ago(ending: str, today: date) -> int:
    """Whole months between an index, by the ending of its name, and this month; -1 for an index that is not one of months."""
    month = _MONTH.fullmatch(ending)
    return (today.year - int(month[1])) * 12 + today.month - int(month[2]) if month else -1


def prune(client: Client, names: Names, *, keep: int, today: date, dry_run: bool = False) -> list[str]:
    """Delete old months, each by its full name; those that were, or would be, deleted.

    Raises:
        ConfigError: ``keep`` is less than one month.
        StoreUnavailable: the server is away, or the credential may not delete.
    """
    old = old_months(client, names, keep=keep, today=today)
    for name in () if dry_run else old:
        client.json("DELETE", f"/{name}", accept=(404,))
    return old
