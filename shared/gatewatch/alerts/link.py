"""Evidence to activities: the newest version of each record speaks, and every risk detection finds the sign-in it belongs to.

Microsoft Graph riskDetection: ``requestId`` is "the ID of the sign-in associated with the risk detection"; null when there is none.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import structs

from ..model import Activity, EntraSignIn, Event, Evidence, Kind, Outcome, RiskDetection
from ..tuning import Tuning
from .versions import Versions, reduce

SAME_ADDRESS_WITHIN = timedelta(hours=1)


def activities(evidence: Iterable[Evidence], tuning: Tuning) -> list[Activity]:
    """Everything that happened, ordered by time and id. Independent of the order of the evidence."""
    by_id: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        by_id[item.event.vendor_id].append(item)
    records = {vendor_id: reduce(items, tuning) for vendor_id, items in by_id.items()}
    sign_ins = {k: v for k, v in records.items() if v.newest.kind is Kind.SIGN_IN}
    detections = {k: v for k, v in records.items() if v.newest.kind is Kind.RISK_DETECTION}
    found = [_plain(v) for v in records.values() if v.newest.kind not in {Kind.SIGN_IN, Kind.RISK_DETECTION}]
    found += _entra(sign_ins, detections)
    return sorted(found, key=lambda a: (a.time, a.id))


def _plain(record: Versions) -> Activity:
    event = record.newest
    return Activity(id=event.vendor_id, time=record.time, event=event, members=(event.vendor_id,), facts=record.facts)


def _entra(sign_ins: dict[str, Versions], detections: dict[str, Versions]) -> list[Activity]:
    finder = _SignInFinder(sign_ins)
    belonging: dict[str, list[Versions]] = defaultdict(list)
    unfound: dict[str, list[Versions]] = defaultdict(list)
    found: list[Activity] = []
    for detection in detections.values():
        home, request = finder.find(detection), _risk(detection).request_id
        if home is not None:
            belonging[home].append(detection)
        elif request:
            unfound[request.lower()].append(detection)
        else:
            found.append(_user_level(detection))
    found += [_sign_in(record, belonging[key]) for key, record in sign_ins.items()]
    found += [_stand_in(named) for named in unfound.values()]
    return found


def _user_level(detection: Versions) -> Activity:
    event = detection.newest_open or detection.newest
    return Activity(
        id=event.vendor_id,
        time=detection.time,
        event=event,
        detections=(event,),
        members=(event.vendor_id,),
        closed=detection.closed,
        seen_open=detection.newest_open is not None,
        facts=detection.facts,
    )


def _sign_in(record: Versions, detections: list[Versions]) -> Activity:
    """A sign-in with linked detections is closed when all of them are; one without, when its newest version is.

    While open, newest versions speak. Closed, it keeps the assessment of what was last open.
    """
    closed = all(d.closed for d in detections) if detections else record.closed
    if closed:
        event = record.newest_open or record.newest
        speaking = [d.newest_open for d in detections if d.newest_open is not None]
    else:
        event = record.newest
        speaking = [d.newest for d in detections]
    return Activity(
        id=event.vendor_id,
        time=record.time,
        event=event,
        detections=tuple(sorted(speaking, key=lambda e: e.vendor_id)),
        members=(event.vendor_id, *sorted(d.newest.vendor_id for d in detections)),
        closed=closed,
        seen_open=record.newest_open is not None or bool(speaking),
        facts=record.facts,
    )


def _stand_in(named: list[Versions]) -> Activity:
    """A sign-in nobody has found yet: a success with unknown app and device, told by the earliest detection that names it."""
    teller = min(named, key=lambda d: (d.time, d.newest.vendor_id))
    risk = _risk(teller)
    request_id = risk.request_id or ""
    synthetic = structs.replace(
        teller.newest,
        kind=Kind.SIGN_IN,
        vendor_id=f"entra|{request_id}",
        time=teller.time,
        action="Sign-in activity",
        outcome=Outcome.SUCCESS,
        updated=None,
        risk=None,
        entra=EntraSignIn(
            sign_in_id=request_id,
            correlation_id=risk.correlation_id,
            user_id=risk.user_id,
            upn=risk.upn,
            synthetic=True,
        ),
    )
    stand_in = Versions(newest=synthetic, newest_open=None, time=teller.time, facts=teller.facts)
    return _sign_in(stand_in, named)


class _SignInFinder:
    """Finds the sign-in of a detection: by request id, else by correlation id and user, else by user and address within an hour."""

    def __init__(self, sign_ins: dict[str, Versions]) -> None:
        self._by_request: dict[str, str] = {}
        self._by_correlation: dict[tuple[str, str], list[Versions]] = defaultdict(list)
        self._by_address: dict[tuple[str, str, str], list[Versions]] = defaultdict(list)
        for key, record in sorted(sign_ins.items()):
            entra = record.newest.entra
            if entra is None:
                continue
            if entra.sign_in_id:
                self._by_request.setdefault(entra.sign_in_id.lower(), key)
            if entra.user_id and entra.correlation_id:
                self._by_correlation[entra.correlation_id.lower(), entra.user_id.lower()].append(record)
            if entra.user_id and (address := _address(record.newest)):
                self._by_address[record.newest.account or "", entra.user_id.lower(), address].append(record)

    def find(self, detection: Versions) -> str | None:
        risk = _risk(detection)
        if risk.request_id and (named := self._by_request.get(risk.request_id.lower())):
            return named
        if not risk.user_id:
            return None
        user = risk.user_id.lower()
        if risk.correlation_id and (same := self._by_correlation.get((risk.correlation_id.lower(), user))):
            return _nearest(same, detection.time)
        address = _address(detection.newest)
        if address is None:
            return None
        close = [
            record
            for record in self._by_address.get((detection.newest.account or "", user, address), ())
            if abs(record.time - detection.time) <= SAME_ADDRESS_WITHIN
        ]
        return _nearest(close, detection.time) if close else None


def _nearest(records: list[Versions], time: datetime) -> str:
    best = min(records, key=lambda r: (r.newest.outcome is not Outcome.SUCCESS, abs(r.time - time), r.newest.vendor_id))
    return best.newest.vendor_id


def _risk(detection: Versions) -> RiskDetection:
    return detection.newest.risk or RiskDetection()


def _address(event: Event) -> str | None:
    return event.place.ip or event.place.address
