"""What responders call malicious never becomes familiar: their verdicts are written into the familiarity that the events taught."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from msgspec import structs

from ..alerts.responses import malicious_ids
from ..errors import Conflict
from ..familiarity import key_of, teaches, with_malicious
from ..model import Evidence, Response, ResponseKind, ResponseVerdict
from ..model.familiarity import Familiarity, Run
from ..ports import Ports, Store
from .days import add_days
from .familiarity import familiar_in, state_keys, write

MAX_ROUNDS = 20


def teach_verdicts(responses: Collection[Response], ports: Ports) -> None:
    """Bring familiarity in line with the malicious verdicts among these responses, the whole histories of some alerts.

    A verdict that was taken back, or corrected by a newer close, is removed. The days on which the values were used are asked for before
    anything is written: whoever runs them sees the change, and a crash repeats it. Nothing is read without a malicious verdict.

    Raises:
        StoreUnavailable: the store is away; run it again.
        Conflict: other writers kept winning; run it again.
    """
    named = _once_malicious(responses)
    if not named:
        return
    by_key = _by_key(ports.store.evidence_of(named))
    malicious = malicious_ids(responses)
    left = sorted(by_key)
    for _ in range(MAX_ROUNDS):
        if not left:
            return
        state = ports.store.read_state((), state_keys(left))
        known = familiar_in(state, left)
        moved = {key: new for key, before in known.items() if (new := _marked(before, by_key[key], malicious)) != before}
        add_days(_days(moved, by_key, ports.store), ports.store)
        written = write(moved, state, ports.store)
        left = [key for key in moved if key not in written]
    raise Conflict("other writers kept changing the same familiarity")


def _once_malicious(responses: Iterable[Response]) -> set[str]:
    """Every event that one of these closes covered as malicious, also if it was taken back."""
    closes = (each for each in responses if each.kind is ResponseKind.CLOSE and each.verdict is ResponseVerdict.MALICIOUS)
    return {event_id for close in closes for event_id in close.event_ids}


def _by_key(evidence: Iterable[Evidence]) -> dict[str, set[str]]:
    """The vendor ids of what taught, by the key of the familiarity that it taught."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in evidence:
        if teaches(item.event):
            found[key_of(item.event)].add(item.event.vendor_id)
    return found


def _marked(known: Familiarity, named: Collection[str], malicious: Collection[str]) -> Familiarity:
    kept = structs.replace(known, malicious=tuple(each for each in known.malicious if each not in named))
    return with_malicious(kept, [each for each in named if each in malicious])


def _days(moved: Mapping[str, Familiarity], named: Mapping[str, Collection[str]], store: Store) -> set[str]:
    """The days with evidence on which a value was used whose run one of these events started."""
    runs = [run for key, known in moved.items() for run in _runs(known) if run.start.id in named[key]]
    return {day for day in store.days() if any(run.start.time.date().isoformat() <= day <= run.last for run in runs)} if runs else set()


def _runs(known: Familiarity) -> Iterable[Run]:
    return (run for values in known.runs.values() for runs in values.values() for run in runs)
