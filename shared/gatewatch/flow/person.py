"""What is usual for a person, found by any name of theirs; and how to make the installation forget it."""

from datetime import UTC, datetime, time

from ..errors import Conflict
from ..familiarity import key_of
from ..model import Event
from ..model.familiarity import Familiarity
from ..model.text import fold
from ..model.tokens import person_token
from ..ports import AlertQuery, Ports, Store
from ..providers.catalogue import provider_of
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
    met += [event for alert in ports.store.search(AlertQuery(text=wanted)) if wanted in _names(event := alert.lead.event)]
    return sorted({key_of(event) for event in met} | {name})


def _names(event: Event) -> set[str]:
    """Every whole name of who acted and where, folded: a search for alerts finds parts of names, and "ana" is not "dana"."""
    part = provider_of(event).document
    written = (event.principal, event.person, event.user_name, *event.names, *event.local_names, *part.names(event), *part.hosts(event))
    whole = {fold(name) for name in written if name}
    return {*whole, *(piece for name in whole for piece in (*name.split("|"), name.rpartition("/")[2]) if piece)}


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
