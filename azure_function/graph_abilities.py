"""Which filters this tenant's Graph takes: found out when it refuses one, said in the log, and believed for six hours."""

import logging
from datetime import datetime, timedelta

from msgspec import structs

from gatewatch.polling.errors import FilterRefused
from gatewatch.ports import Clock

from .graph_streams import Query

LOG = logging.getLogger(__name__)
BELIEVED_FOR = timedelta(hours=6)


class GraphAbilities:
    """What the Graph of one tenant refused. Kept between the runs of a process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refused: dict[tuple[str, str, str], datetime] = {}

    def fitting(self, query: Query) -> Query:
        """The query, or the one to ask instead; raises ``FilterRefused`` where there is none."""
        if not self._is_refused(query):
            return query
        instead = structs.replace(query, time_field=query.instead, instead="")
        if query.instead and not self._is_refused(instead):
            return instead
        raise FilterRefused(f"Graph refuses the filter on {query.time_field} {query.extra}".rstrip())

    def refuse(self, query: Query) -> None:
        """Graph refused this filter although the stretch of time is one that it keeps."""
        what = query.extra or query.time_field
        then = f"asked by {query.instead} instead" if query.instead else "left out, other streams read the same later"
        LOG.warning("Graph refuses this filter for %s: %s: %s", query.resource, what, then)
        self._refused[_key(query)] = self._clock() + BELIEVED_FOR

    def _is_refused(self, query: Query) -> bool:
        until = self._refused.get(_key(query))
        return until is not None and self._clock() < until


def _key(query: Query) -> tuple[str, str, str]:
    return query.resource, query.time_field, query.extra
