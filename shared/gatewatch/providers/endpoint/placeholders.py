"""The values of a process event that its playbooks name in braces."""

from collections.abc import Mapping

from ...model import Event
from .detail import process_of


def placeholders(event: Event) -> Mapping[str, str | None]:
    """Host and user of the process; None for what the record does not say."""
    process = process_of(event)
    if process is None:
        return {}
    key = process.access_keys[0] if process.access_keys else None
    return {"host": process.host_name, "user": event.user_name, "upn": process.user_email, "access_key_id": key}
