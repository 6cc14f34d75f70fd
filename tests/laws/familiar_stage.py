"""Writers with familiarity and a policy: records of one person that cluster around midnights, and the law that their alerts must fulfil."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from msgspec import structs

from gatewatch.alerts.compute import compute
from gatewatch.alerts.reading import Reading
from gatewatch.evidence import distinct
from gatewatch.familiarity import key_of, lessons, taught
from gatewatch.flow.decoding import Decoded
from gatewatch.flow.familiarity import familiar_in, state_keys
from gatewatch.flow.jobs import apply_policy, run
from gatewatch.flow.pipeline import process
from gatewatch.flow.policy import IN_FORCE, POLICY, begin, in_force
from gatewatch.model import Alert, AlertStatus, Event, Fact, GroupKey, Outcome, RawRecord, Snapshot
from gatewatch.model.familiarity import Familiarity
from gatewatch.ports import AlertQuery, Ports, Store
from gatewatch.tuning import Tuning
from gatewatch.tuning.policy import Policy
from tests.builders.aws import login
from tests.builders.common import ALICE, at
from tests.builders.endpoint import typed
from tests.builders.entra import sign_in
from tests.laws.stage import Pager
from tests.laws.stage import ports as bundle

FIRST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
PLACES = {"DE": at("198.51.100.7", country="DE", asn=1), "FR": at("203.0.113.9", country="FR", asn=2)}
USER, OTHER = "U-1", "111122223333/alice"


def entra(
    number: int, day: float, country: str = "DE", level: str = "none", version: int = 0, outcome: Outcome = Outcome.SUCCESS
) -> Decoded:
    """A version of a sign-in of Alice."""
    event = sign_in(
        f"S-{number}",
        at=FIRST_DAY + timedelta(days=day),
        user=USER,
        correlation=None,
        person=ALICE,
        names=(USER,),
        place=PLACES[country],
        client={"DE": "chrome", "FR": "python"}[country],
        level_during=level,
        risk_state="none" if level == "none" else "atRisk",
        outcome=outcome,
    )
    return record(event, version)


def aws(number: int, day: float, country: str = "DE", outcome: Outcome = Outcome.SUCCESS) -> Decoded:
    """A console login of Alice with MFA; who comes from France uses another client as well."""
    event = login(
        number,
        outcome=outcome,
        at=FIRST_DAY + timedelta(days=day),
        principal=OTHER,
        person=ALICE,
        place=PLACES[country],
        client={"DE": "chrome", "FR": "aws-cli"}[country],
        mfa_used=Fact.PRESENT,
    )
    return record(event)


def command(number: int, day: float) -> Decoded:
    """A login of a cloud command line on Alice's host."""
    return record(typed(number=number, time=FIRST_DAY + timedelta(days=day), outcome=Outcome.SUCCESS))


def record(event: Event, version: int = 0) -> Decoded:
    """The event as a poller or a queue hands it over, decoded."""
    fetched = FIRST_DAY + timedelta(days=20, minutes=version)
    return Decoded(RawRecord(data={}, fetched=fetched, origin=event.vendor_id), (event,))


# Records that decide about each other: what is usual, what is first, and what arrives late and is earlier.
POOL = (
    *(aws(4, 0.02), aws(2, 8.03, "FR"), aws(1, 0, "FR"), aws(3, 1.5, "FR"), aws(5, 8.52), aws(6, 7.98, "FR", Outcome.FAILURE)),
    *(entra(9, 0), entra(1, 8, "FR"), entra(2, 0.98, "FR"), entra(3, 7.51, "FR"), entra(4, 8.03, "FR", "medium")),
    *(command(1, 7.97), command(2, 0.01), command(3, 8.5)),
    *(entra(1, 8, "FR", "high", 1), entra(1, 8, "FR", "none", 2), entra(5, 1.5, "DE"), entra(6, 8.02, "DE", "low"), entra(7, 8.01, "FR")),
)
worlds = st.lists(st.sampled_from(range(len(POOL))), min_size=3, max_size=6, unique=True).map(
    lambda places: [POOL[place] for place in places]
)
tunings = st.sampled_from(
    [Tuning(), Tuning(break_glass=(USER,)), Tuning(privileged_principals=(OTHER,)), Tuning(aliases={ALICE: "someone"})]
)


def ports(store: Store, worker: str = "w0", **changes: object) -> Ports:
    """One worker's ports, with a pager."""
    return structs.replace(bundle(store, Pager(), worker), retention=timedelta(days=3_650), **changes)  # type: ignore[arg-type]


def delivery(chunk: Sequence[Decoded], number: int) -> Callable[[Store], None]:
    """A worker that processes a chunk."""
    return lambda store: void(process(list(chunk), ports(store, f"w{number}")))


def applying(tuning: Tuning) -> Callable[[Store], None]:
    """Somebody who puts a tuning in force over whatever version there is."""

    def apply(store: Store) -> None:
        mine = ports(store, "operator")
        begin(mine)
        found = in_force(store.read_state((), IN_FORCE), mine)
        void(apply_policy(Policy(tuning=tuning, channels=mine.channels), found.ports.policy_version, mine))

    return apply


def void(_result: object) -> None:
    """A job has no result."""


def finish(store: Store) -> None:
    """What the next sweeps do."""
    void(run(ports(store, "sweep"), None))


def counted(store: Store) -> dict[GroupKey, Snapshot]:
    """The alerts that count."""
    found: Iterable[Alert] = store.search(AlertQuery(limit=1_000))
    return {a.key: a.snapshot for a in found if a.status in {AlertStatus.OPEN, AlertStatus.CLOSED}}


def lawful(store: Store, world: Sequence[Decoded]) -> dict[GroupKey, Snapshot]:
    """The law: a pure function of the stored evidence, of every success ever handed over, and of the stored policy."""
    mine = in_force(store.read_state((), (POLICY,)), ports(store)).ports
    evidence = distinct(item for day in store.days() for page in store.evidence_on(day) for item in page)
    events = [event for one in world for event in one.found if isinstance(event, Event)]
    familiar = {key: taught(Familiarity(), lesson, mine.clock()) for key, lesson in lessons(events).items()}
    reading = Reading(evidence=tuple(evidence.values()), of_addresses=tuple(evidence.values()), familiar=familiar)
    return {key: found.snapshot for key, found in compute(reading, mine.tuning, mine.clock()).items()}


def learnt(store: Store, world: Sequence[Decoded]) -> dict[str, tuple[object, ...]]:
    """What the store knows of everybody in this world, without the traces that order leaves."""
    keys = sorted({key_of(event) for one in world for event in one.found if isinstance(event, Event)})
    found = familiar_in(store.read_state((), state_keys(keys)), keys)
    return {key: (known.runs, known.beginning) for key, known in found.items()}
