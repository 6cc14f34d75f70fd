"""A typed endpoint sample activity for rule examples."""

from ...model import Activity, Event, Outcome
from ..samples import NOON, changed
from .detail import USER, Process


def process(**changes: object) -> Activity:
    """``az login`` starts on a workstation."""
    event = Event(
        vendor_id="endpoint|p0000001",
        time=NOON,
        action="start",
        outcome=Outcome.UNKNOWN,
        subject=USER,
        principal="h17|alice",
        person="alice@contoso.com",
        names=("alice", "alice@contoso.com"),
        user_name="alice",
        detail=Process(
            host_id="h17",
            host_name="ws-17",
            name="az",
            command_line="az login",
            tool="az login",
            tool_kind="login",
            tool_family="az",
            pattern="az login",
        ),
    )
    return changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)
