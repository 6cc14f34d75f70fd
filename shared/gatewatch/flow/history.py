"""History facts: was this country, network or client new for the principal? Looked up once, among earlier activity only."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from msgspec import structs

from ..evidence import has_history, stored_time, taught
from ..model import Event, Evidence, HistoryFacts
from ..model.tokens import principal_token
from ..ports import PastActivity, Ports


def with_facts(evidence: Sequence[Evidence], ports: Ports) -> list[Evidence]:
    """The same evidence with its facts. Earlier records of the batch count as earlier activity, so a batch's size decides nothing."""
    timelines: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        if has_history(item.event):
            timelines[principal_token(item.event)].append(item)
    if not timelines:
        return list(evidence)
    past = ports.store.past({token: _since(items) for token, items in timelines.items()})
    facts: dict[int, HistoryFacts] = {}
    for token, items in timelines.items():
        facts |= _along(items, past.get(token, PastActivity()), ports)
    return [structs.replace(item, facts=facts[id(item)]) if id(item) in facts else item for item in evidence]


def _since(items: Sequence[Evidence]) -> datetime:
    return min(stored_time(item) for item in items)


def _along(items: Sequence[Evidence], past: PastActivity, ports: Ports) -> dict[int, HistoryFacts]:
    """The facts of one principal's events in order of time; events of one moment do not know each other."""
    countries, asns, clients = set(past.countries), set(past.asns), set(past.clients)
    found: dict[int, HistoryFacts] = {}
    for _, moment in groupby(sorted(items, key=stored_time), key=stored_time):
        together = list(moment)
        for item in together:
            elsewhere = (ports.known(item.event) if ports.known is not None else None) or PastActivity()
            known = PastActivity(countries=elsewhere.countries | countries, asns=elsewhere.asns | asns, clients=elsewhere.clients | clients)
            found[id(item)] = _facts(item.event, known)
        new = [feature for item in together for feature in taught(item.event)]
        countries |= {str(value) for name, value in new if name == "country"}
        asns |= {int(value) for name, value in new if name == "asn"}
        clients |= {str(value) for name, value in new if name == "client"}
    return found


def _facts(event: Event, known: PastActivity) -> HistoryFacts:
    place = event.place
    return HistoryFacts(
        new_country=bool(known.countries) and place.country is not None and place.country not in known.countries,
        new_asn=bool(known.asns) and place.asn is not None and place.asn not in known.asns,
        new_client=bool(known.clients) and event.client is not None and event.client not in known.clients,
    )
