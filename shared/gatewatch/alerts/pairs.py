"""Finds the activities that pair rules can match, without looking at every two of a busy day."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from ..providers.catalogue import PAIR_PARTS, PAIR_REACH, provider_of
from ..providers.rule import Scored


def pairs_among(items: Sequence[Scored], scope: str) -> Iterator[tuple[Scored, Scored]]:
    """Every two of these, which are ordered by time, that pair rules of this scope can match: near enough, and one has a part in pair rules.

    The two of a person belong to different providers.
    """
    marked = [place for place, item in enumerate(items) if not PAIR_PARTS[scope].isdisjoint(item.parts)]
    among: dict[str, list[int]] = {}
    for place in marked:
        family = _family(items[place]) if scope == "person" else ""
        if family not in among:
            among[family] = [other for other, item in enumerate(items) if _family(item) != family]
        time = items[place].activity.time
        start = bisect_left(among[family], time - PAIR_REACH[scope], key=lambda other: items[other].activity.time)
        end = bisect_right(among[family], time + PAIR_REACH[scope], key=lambda other: items[other].activity.time)
        for other in among[family][start:end]:
            if other > place or (other < place and PAIR_PARTS[scope].isdisjoint(items[other].parts)):  # two marked ones meet once
                yield items[min(place, other)], items[max(place, other)]


def _family(item: Scored) -> str:
    return provider_of(item.activity.event).name
