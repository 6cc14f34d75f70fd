"""What every store finds evidence by, and where a neighbourhood ends. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ..evidence import distinct, links, mentions, stored_time
from ..model import Event, Evidence, Outcome
from ..model.tokens import address_token, subjects
from ..ports import EvidenceContext, Span

NEWEST = 1_000
"""Documents a token contributes to a neighbourhood at most: this many successes and this many others, newest first."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since the epoch, exact; negative before 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def day_of(evidence: Evidence) -> str:
    """The UTC day (ISO date) under which a store finds this evidence."""
    return stored_time(evidence).astimezone(UTC).date().isoformat()


def tokens(event: Event) -> tuple[str, ...]:
    """Subjects, source address, mentions and links of an event, each once."""
    address = address_token(event)
    return tuple(dict.fromkeys((*subjects(event), *((address,) if address else ()), *mentions(event), *links(event))))


def succeeded(event: Event) -> bool:
    """Which of the two bounded piles an event belongs to; unknown is not success."""
    return event.outcome is Outcome.SUCCESS


def _newest(found: Sequence[Evidence], newest: int) -> tuple[Sequence[Evidence], bool]:
    """The newest of each pile (ties by id), and whether any was left out."""
    ordered = sorted(found, key=lambda item: (-microseconds(stored_time(item)), item.id))
    good = [item for item in ordered if succeeded(item.event)]
    rest = [item for item in ordered if not succeeded(item.event)]
    return good[:newest] + rest[:newest], len(good) > newest or len(rest) > newest


def within(item: Evidence, spans: Sequence[Span]) -> bool:
    """Whether the time of this evidence lies in one of the spans."""
    moment = stored_time(item)
    for since, until in spans:  # noqa: SIM110 - twice as fast as any(), for every item of every read
        if since <= moment <= until:
            return True
    return False


def select(
    evidence: Iterable[Evidence],
    subjects: Collection[str],
    spans: Sequence[Span],
    links: Collection[str],
    newest: int = NEWEST,
) -> EvidenceContext:
    """The context within this evidence: subjects by span, links at any time, each token bounded."""
    wanted = {**dict.fromkeys(links, False), **dict.fromkeys(subjects, True)}
    piles: dict[str, list[Evidence]] = {}
    for item in distinct(evidence).values():
        inside = within(item, spans)
        for token in tokens(item.event):
            ranged = wanted.get(token)
            if ranged is not None and (inside or not ranged):
                piles.setdefault(token, []).append(item)
    return bounded(piles, newest)


def bounded(piles: Mapping[str, Sequence[Evidence]], newest: int = NEWEST) -> EvidenceContext:
    """What these tokens found, each bounded."""
    kept: dict[str, Evidence] = {}
    truncated = set()
    for token, pile in piles.items():
        some, cut = _newest(pile, newest) if len(pile) > newest else (pile, False)
        for item in some:
            kept[item.id] = item
        if cut:
            truncated.add(token)
    return EvidenceContext(tuple([kept[name] for name in sorted(kept)]), frozenset(truncated))


def with_addresses(found: EvidenceContext, of_addresses: EvidenceContext) -> EvidenceContext:
    """The context of subjects and links, with what was read for addresses beside it."""
    return EvidenceContext(found.evidence, found.truncated | of_addresses.truncated, of_addresses.evidence)
