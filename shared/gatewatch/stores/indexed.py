"""What every store finds evidence by, and where a neighbourhood ends. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC

from ..evidence import decode, distinct, microseconds, stored_time, succeeded, tokens
from ..model import Evidence, Prepared
from ..ports import Appended, AppendResult, EvidenceContext, Span

NEWEST = 1_000
"""Documents a token contributes to a neighbourhood at most: this many successes and this many others, newest first."""


NO_JSON = AppendResult(Appended.REFUSED, "text_not_unicode")
"""The answer to evidence of which no JSON holds the text."""


def with_bodies(prepared: Sequence[Prepared], append: Callable[[Sequence[Evidence]], list[AppendResult]]) -> list[AppendResult]:
    """``append_prepared`` of a store that writes evidence in another form than as it was prepared."""
    results = iter(append([decode(item.body) for item in prepared if item.body is not None]))
    return [NO_JSON if item.body is None else next(results) for item in prepared]


def day_of(evidence: Evidence) -> str:
    """The UTC day (ISO date) under which a store finds this evidence."""
    return stored_time(evidence).astimezone(UTC).date().isoformat()


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
