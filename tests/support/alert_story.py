"""Evidence that arrives piece by piece, told in one line each, and what becomes of the alerts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatewatch.alerts.state import Announcement
from gatewatch.evidence import make
from gatewatch.flow.delivery import deliver
from gatewatch.flow.recompute import recompute
from gatewatch.model import (
    Alert,
    AwsSignIn,
    EntraSignIn,
    Event,
    Fact,
    Family,
    GroupKey,
    Kind,
    Outcome,
    Place,
    Process,
    RiskDetection,
    Subject,
)
from gatewatch.ports import AlertQuery, AlertWrite
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.contract.builders import detection, login, minutes, sign_in
from tests.laws.stage import Pager, ports

ALICE = "alice@contoso.example"


def risky(level: str = "medium", request: str = "R-1", *, state: str = "atrisk", code: int = 0, **changes: Any) -> Event:
    entra = EntraSignIn(sign_in_id=request, correlation_id=None, user_id="U-1", error_code=code, level_during=level, risk_state=state)
    outcome = Outcome.SUCCESS if code == 0 else Outcome.FAILURE
    return sign_in(request, entra=entra, outcome=outcome, person=ALICE, **changes)


def found(level: str = "medium", request: str | None = "R-1", *, state: str = "atrisk", number: int = 1, **changes: Any) -> Event:
    risk = RiskDetection(
        detection_id=f"D-{number}", request_id=request, user_id="U-1", risk_type="unlikelyTravel", level=level, state=state
    )
    return detection(number, risk=risk, person=ALICE, **changes)


def saml(at_minutes: float, address: str = "198.51.100.7", number: int = 1) -> Event:
    aws = AwsSignIn(
        event_name="ConsoleLogin", event_id=str(number), mfa_used=Fact.ABSENT, saml_provider_arn="arn:aws:iam::1:saml-provider/E"
    )
    place = Place(address=address, ip=address)
    return login(number, at=minutes(at_minutes), aws=aws, subject=Subject.SAML_ROLE, principal=f"role|{ALICE}", person=ALICE, place=place)


def typed(at_minutes: float, number: int = 1, **changes: Any) -> Event:
    """A cloud command line authenticates on Alice's host."""
    fields: dict[str, Any] = {
        "kind": Kind.PROCESS,
        "vendor_id": f"endpoint|{number}",
        "time": minutes(at_minutes),
        "action": "start",
        "outcome": Outcome.UNKNOWN,
        "subject": Subject.ENDPOINT_USER,
        "principal": "h17|alice",
        "person": ALICE,
        "names": ("alice", ALICE),
        "process": Process(host_name="ws-17", name="az", command_line="az login", tool="az login", pattern="az login"),
    }
    merged = {**fields, **changes}
    return Event(**{"local_names": merged["names"], **merged})


class Story:
    """A store, a pager, and one event after the other."""

    def __init__(self, store: MemoryStore | None = None, **tuning: Any) -> None:
        self.store, self.pager, self.minute = store or MemoryStore(), Pager(), 0
        self.tuning = Tuning(**tuning)

    def comes(self, *events: Event, announced: Mapping[GroupKey, Announcement] | None = None) -> "Story":
        self.minute += 1
        bundle = replace(ports(self.store, self.pager), tuning=self.tuning)
        evidence = [make(event, fetched=minutes(self.minute), now=minutes(self.minute)) for event in events]
        self.store.append(evidence)
        deliver([alert.key for alert in recompute(evidence, bundle, announced)], bundle)
        return self

    def alerts(self) -> list[Alert]:
        return sorted(self.store.search(AlertQuery(limit=100)), key=lambda a: (a.key.family, a.key))

    def only(self, family: Family | None = None) -> Alert:
        [alert] = [a for a in self.alerts() if family is None or a.key.family == family]
        return alert

    def told(self) -> list[str]:
        return [notice.why for notice in self.pager.told]

    def responder(self, change: Any) -> None:
        alert = self.only()
        version = self.store.read_alerts([alert.key])[alert.key].version
        self.store.write_alerts([AlertWrite(change(alert), version)])
