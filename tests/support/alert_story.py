"""Evidence that arrives piece by piece, told in one line each, and what becomes of the alerts."""

from typing import Any

from msgspec import structs

from gatewatch.alerts.responses import make_response
from gatewatch.alerts.state import AnnouncementsByAlert
from gatewatch.evidence import make
from gatewatch.flow.delivery import deliver
from gatewatch.flow.recompute import recompute
from gatewatch.flow.responses import apply_to
from gatewatch.model import Alert, Event, ResponseKind, ResponseVerdict
from gatewatch.ports import AlertQuery
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.common import minutes
from tests.laws.stage import Pager, ports


class Story:
    """A store, a pager, and one event after the other."""

    def __init__(self, store: MemoryStore | None = None, **tuning: Any) -> None:
        self.store, self.pager, self.minute = store or MemoryStore(), Pager(), 0
        self.tuning = Tuning(**tuning)

    def comes(self, *events: Event, announced: AnnouncementsByAlert | None = None) -> "Story":
        self.minute += 1
        bundle = structs.replace(ports(self.store, self.pager), tuning=self.tuning)
        evidence = [make(event, fetched=minutes(self.minute), now=minutes(self.minute)) for event in events]
        self.store.append(evidence)
        deliver([alert.key for alert in recompute(evidence, bundle, announced)], bundle)
        return self

    def alerts(self) -> list[Alert]:
        return sorted(self.store.search(AlertQuery(limit=100)), key=lambda a: (a.key.family, a.key))

    def only(self, family: str | None = None) -> Alert:
        [alert] = [a for a in self.alerts() if family is None or a.key.family == family]
        return alert

    def told(self) -> list[str]:
        return [notice.why for notice in self.pager.told]

    def responds(self, kind: ResponseKind, *, by: str = "kim", at: float = 9, **more: Any) -> "Story":
        alert = self.only()
        response = make_response(alert, kind, at=minutes(at), claimed_by=by, **more)
        self.store.append_responses([response])
        apply_to([alert.key], structs.replace(ports(self.store, self.pager), tuning=self.tuning))
        return self

    def closes(self, *, at: float = 9, reason: str = "planned") -> "Story":
        return self.responds(ResponseKind.CLOSE, at=at, verdict=ResponseVerdict.EXPECTED, reason=reason)
