"""What is usual for a person, found by any name of theirs; and how to make the installation forget it."""

from datetime import UTC, datetime, time

from ..errors import Conflict
from ..familiarity import key_of
from ..model.familiarity import Familiarity
from ..model.text import fold
from ..model.tokens import person_token
from ..ports import AlertQuery, Ports, Store
from ..providers.people import spellings
from .familiarity import familiar_in, state_keys, write

MAX_ROUNDS = 20


def keys_of(name: str, ports: Ports) -> list[str]:
    """The keys of the familiarity of whomever this name means: a person in every cloud, a principal, a host, or a key itself."""
    wanted = fold(name)
    days = ports.store.days()
    tokens = {person_token(wanted), *spellings(wanted, ports.tuning)}
    if not days:
        return [name]
    span = (_start(days[0]), datetime.max.replace(tzinfo=UTC, microsecond=0))
    met = [item.event for item in ports.store.context(tokens, [span], ()).evidence]
    met += [alert.lead.event for alert in ports.store.search(AlertQuery(text=wanted))]
    return sorted({key_of(event) for event in met} | {name})


def usual(name: str, ports: Ports) -> dict[str, Familiarity]:
    """What is usual, by key; raises ``StoreUnavailable``."""
    keys = keys_of(name, ports)
    return familiar_in(ports.store.read_state((), state_keys(keys)), keys)


def forget(keys: list[str], store: Store) -> None:
    """Empty these documents: from now on everything of these principals is learnt anew.

    Raises:
        StoreUnavailable: the store is away.
        Conflict: other writers kept winning; run it again.
    """
    left = sorted(keys)
    for _ in range(MAX_ROUNDS):
        state = store.read_state((), state_keys(left))
        done = write({key: Familiarity() for key in left}, state, store)
        left = [key for key in left if key not in done]
        if not left:
            return
    raise Conflict("other writers kept changing the same familiarity")


def _start(day: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(day).date(), time(), UTC)
