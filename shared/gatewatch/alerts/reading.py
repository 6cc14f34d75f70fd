"""What a computation reads: the evidence of some people, that of some addresses, and what is usual for everybody in them."""

from collections.abc import Mapping

from msgspec import Struct

from ..model import Evidence
from ..model.familiarity import Familiarity


class Reading(Struct, frozen=True, kw_only=True):
    """The input of ``compute``. Without a familiarity nothing is first: unknown is never first."""

    evidence: tuple[Evidence, ...]  # of people and principals, and what links to it
    of_addresses: tuple[Evidence, ...] = ()  # of source addresses, whoever the person; it decides the alerts of addresses only
    familiar: Mapping[str, Familiarity] = {}  # by key
