"""Responses to alerts: made, ordered, and read for what they say about an alert, a rule and an event. Pure.

No function depends on the order or the number of copies in which it gets responses.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain

from msgspec import Struct, structs

from ..evidence import digest
from ..model import Alert, Response, ResponseKind, ResponseVerdict, Severity

_TICK = timedelta(microseconds=1)


def in_order(responses: Iterable[Response]) -> tuple[Response, ...]:
    """Each response once, by time; of two copies the later one given is used."""
    found = {response.id: response for response in responses}
    if not found:
        return ()
    return tuple(sorted(found.values(), key=lambda response: (response.at, response.id)))


def make_response(
    alert: Alert,
    kind: ResponseKind,
    *,
    at: datetime,
    claimed_by: str | None,
    verdict: ResponseVerdict | None = None,
    reason: str | None = None,
) -> Response:
    """A response to the alert as it is now. It is later than every response that the alert has, whatever ``at`` says.

    Sending it again stores nothing new: the id follows from the rest. A close covers the alert's events and severity.
    """
    latest = max((response.at for response in alert.responses), default=None)
    response = Response(
        id="",
        alert_id=alert.id,
        key=alert.key,
        kind=kind,
        at=at if latest is None else max(at, latest + _TICK),
        claimed_by=claimed_by,
        verdict=verdict,
        reason=reason,
        occurrence=alert.occurrence,
    )
    if kind is ResponseKind.CLOSE:
        seen = alert.snapshot
        response = structs.replace(
            response, severity=seen.severity, rules=seen.rules, event_ids=seen.event_ids, event_count=seen.event_count
        )
    return structs.replace(response, id=response_id(response))


def response_id(response: Response) -> str:
    """The id of a response: the digest of everything that the responder sent. Raises ``UnicodeEncodeError`` for text that is not Unicode."""
    return digest(structs.replace(response, id="", author=None))


def responder(response: Response) -> str:
    """Who responded, for people: the author, with the name that was given where it differs. Both are data, never markup."""
    author, claimed = response.author, response.claimed_by
    if author and claimed in {None, author}:
        return author
    return f"{claimed or 'unknown'} ({author or 'author unverified'})"


def standing(responses: Iterable[Response]) -> tuple[Response, ...]:
    """The closes that no later reopening took back, oldest first."""
    closes: list[Response] = []
    for response in in_order(responses):
        if response.kind is ResponseKind.REOPEN:
            closes = []
        elif response.kind is ResponseKind.CLOSE:
            closes.append(response)
    return tuple(closes)


def covers(closes: Collection[Response], open_event_ids: Collection[str], severity: Severity) -> bool:
    """Whether these closes together cover these open events at this severity: anything else keeps an alert open, or reopens it."""
    able = [close for close in closes if close.severity is not None and close.severity >= severity]
    listed = {event_id for close in able for event_id in close.event_ids}
    unlisted = max((close.event_count - len(close.event_ids) for close in able), default=0)  # beyond the bound of the list
    return bool(able) and sum(event_id not in listed for event_id in open_event_ids) <= unlisted


def reopenings(responses: Iterable[Response], open_event_ids: Collection[str], severity: Severity) -> int:
    """How many reopenings found the alert closed by a response. Reopening an open alert does nothing."""
    closes: list[Response] = []
    count = 0
    for response in in_order(responses):
        if response.kind is ResponseKind.CLOSE:
            closes.append(response)
        elif response.kind is ResponseKind.REOPEN:
            count += covers(closes, open_event_ids, severity)
            closes = []
    return count


def verdicts(responses: Iterable[Response]) -> dict[str, Response]:
    """By alert id: the newest close that nobody took back. Its verdict is the alert's."""
    return {alert_id: closes[-1] for alert_id, found in _by_alert(responses).items() if (closes := standing(found))}


def malicious_ids(responses: Iterable[Response]) -> frozenset[str]:
    """The vendor ids of the events that a close covers as malicious. For an event of several closes of one alert the newest counts."""
    found: set[str] = set()
    for answers in _by_alert(responses).values():
        newest = dict(chain.from_iterable(((event_id, close.verdict) for event_id in close.event_ids) for close in standing(answers)))
        found |= {event_id for event_id, verdict in newest.items() if verdict is ResponseVerdict.MALICIOUS}
    return frozenset(found)


def _by_alert(responses: Iterable[Response]) -> Mapping[str, list[Response]]:
    groups: dict[str, list[Response]] = defaultdict(list)
    for response in responses:
        groups[response.alert_id].append(response)
    return groups


class RulePrecision(Struct, frozen=True, kw_only=True):
    """How the alerts of one rule were closed: one verdict an alert. ``precision`` is malicious / (malicious + expected + mistaken).

    Tests are counted and left out of the precision; it is None while there is nothing to divide.
    """

    rule: str
    malicious: int
    expected: int
    mistaken: int
    test: int
    precision: float | None


def precision_by_rule(responses: Iterable[Response]) -> list[RulePrecision]:
    """Precision of each rule that has a verdict, ordered by the rule's id. A close counts for every rule that had matched."""
    counts: dict[str, Counter[ResponseVerdict]] = defaultdict(Counter)
    for close in verdicts(responses).values():
        if close.verdict is not None:
            for rule in close.rules:
                counts[rule][close.verdict] += 1
    return [_precision(rule, found) for rule, found in sorted(counts.items())]


def _precision(rule: str, found: Mapping[ResponseVerdict, int]) -> RulePrecision:
    judged = sum(count for verdict, count in found.items() if verdict is not ResponseVerdict.TEST)
    return RulePrecision(
        rule=rule,
        malicious=found[ResponseVerdict.MALICIOUS],
        expected=found[ResponseVerdict.EXPECTED],
        mistaken=found[ResponseVerdict.MISTAKEN],
        test=found[ResponseVerdict.TEST],
        precision=found[ResponseVerdict.MALICIOUS] / judged if judged else None,
    )
