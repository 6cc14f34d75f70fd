"""Builds activities from evidence: it uses the newest version of each record and links every risk detection to its sign-in.

Microsoft Graph riskDetection: ``requestId`` is "the ID of the sign-in associated with the risk detection"; null when there is none.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import structs

from ...model import Activity, Event, Outcome
from ..versions import Versions, alone, plain
from .closure import believed, not_disproved, speaking, without_risk
from .detail import EntraSignIn, RiskDetection, audit_of, risk_of, sign_in_of
from .links import sign_in_vendor_id, wanted

SAME_ADDRESS_WITHIN = timedelta(hours=1)

type _ByCorrelation = dict[tuple[str, str], list[Versions]]
type _ByAddress = dict[tuple[str, str, str], list[Versions]]


def activities(records: Sequence[Versions]) -> list[Activity]:
    """One activity for each sign-in with its detections, for each detection without a sign-in, and for each directory audit."""
    sign_ins: dict[str, Versions] = {}
    audits: list[Versions] = []
    detections: list[Versions] = []
    for record in records:
        if sign_in_of(record.newest) is not None:
            sign_ins[record.newest.vendor_id] = record
        else:
            (detections if audit_of(record.newest) is None else audits).append(record)
    finder = _SignInFinder(sign_ins)
    belonging: dict[str, list[Versions]] = defaultdict(list)
    unfound: dict[str, list[Versions]] = defaultdict(list)
    found: list[Activity] = []
    for detection in detections:
        home, named = finder.find(detection), wanted(detection.newest)
        if home is not None:
            belonging[home].append(detection)
        elif named is not None:
            unfound[named].append(detection)
        else:
            found.append(_user_level(detection))
    found += [_sign_in(record, belonging[key]) if key in belonging else _by_itself(record) for key, record in sign_ins.items()]
    found += [_stand_in(named) for named in unfound.values()]
    found += plain(audits)
    return found


def _user_level(detection: Versions) -> Activity:
    closed = believed(detection, not_disproved([detection]))
    event = speaking(detection, believed=closed, activity_closed=closed) or detection.newest
    return Activity(
        id=event.vendor_id,
        time=detection.time,
        event=event,
        detections=(event,),
        members=(event.vendor_id,),
        closed=closed,
        seen_open=not closed or detection.newest_open is not None,
        firsts=detection.firsts,
    )


def _by_itself(record: Versions) -> Activity:
    """The activity of a sign-in without detections."""
    return _sign_in(record, ()) if record.closed else alone(record)


def _sign_in(record: Versions, detections: Sequence[Versions]) -> Activity:
    """Build the activity of a sign-in.

    With linked detections it is closed when all of them are; without, when its own newest version is. An open activity
    uses the newest versions. A closed one uses the newest open versions, so that it keeps its last open assessment.
    What was never open in either of them says nothing about the risk.
    """
    contradicting = not_disproved([record, *detections])
    done = {d.newest.vendor_id: believed(d, contradicting) for d in detections}
    own = believed(record, contradicting)
    closed = all(done.values()) if detections else own
    event = speaking(record, believed=own, activity_closed=closed)
    found = (speaking(d, believed=done[d.newest.vendor_id], activity_closed=closed) for d in detections)
    named = [version for version in found if version is not None]
    return Activity(
        id=record.newest.vendor_id,
        time=record.time,
        event=event or without_risk(record.newest),
        detections=tuple(sorted(named, key=lambda e: e.vendor_id)),
        members=(record.newest.vendor_id, *sorted(d.newest.vendor_id for d in detections)),
        closed=closed,
        seen_open=not closed or record.newest_open is not None or bool(named),
        firsts=record.firsts,
        strange=record.strange,
        usual=record.usual,
    )


def _stand_in(named: list[Versions]) -> Activity:
    """A synthetic sign-in in place of one that has not been received.

    It is a success with unknown application and device; its other facts come from the earliest detection that names it.
    """
    teller = min(named, key=lambda d: (d.time, d.newest.vendor_id))
    risk = _risk(teller)
    request_id = (risk.request_id or "").lower()
    synthetic = structs.replace(
        teller.newest,
        vendor_id=sign_in_vendor_id(request_id),
        time=teller.time,
        action="Sign-in activity",
        outcome=Outcome.SUCCESS,
        updated=None,
        detail=EntraSignIn(
            sign_in_id=request_id,
            correlation_id=risk.correlation_id,
            user_id=risk.user_id,
            upn=risk.upn,
            synthetic=True,
        ),
    )
    stand_in = Versions(newest=synthetic, newest_open=None, time=teller.time, firsts=teller.firsts)
    return _sign_in(stand_in, named)


class _SignInFinder:
    """Finds the sign-in of a detection: by request id, else by correlation id and user, else by user and address within one hour."""

    def __init__(self, sign_ins: Mapping[str, Versions]) -> None:
        self._known = sign_ins

    @cached_property
    def _by_user(self) -> tuple[_ByCorrelation, _ByAddress]:
        """The sign-ins in order of time. Made for the first detection that names none of them: most name theirs."""
        by_correlation: _ByCorrelation = defaultdict(list)
        by_address: _ByAddress = defaultdict(list)
        for record in sorted(self._known.values(), key=_time):
            entra = sign_in_of(record.newest)
            if entra is None or not entra.user_id:
                continue
            user = entra.user_id.lower()
            if entra.correlation_id:
                by_correlation[entra.correlation_id.lower(), user].append(record)
            if address := _address(record.newest):
                by_address[record.newest.account or "", user, address].append(record)
        return by_correlation, by_address

    def find(self, detection: Versions) -> str | None:
        risk = _risk(detection)
        named = wanted(detection.newest)
        if named in self._known:
            return named
        if not risk.user_id:
            return None
        user = risk.user_id.lower()
        by_correlation, by_address = self._by_user
        if risk.correlation_id and (same := by_correlation.get((risk.correlation_id.lower(), user))):
            return _nearest(same, detection.time)
        address = _address(detection.newest)
        if address is None:
            return None
        same = by_address.get((detection.newest.account or "", user, address), [])
        start = bisect_left(same, detection.time - SAME_ADDRESS_WITHIN, key=_time)
        close = same[start : bisect_right(same, detection.time + SAME_ADDRESS_WITHIN, key=_time)]
        return _nearest(close, detection.time) if close else None


def _time(record: Versions) -> datetime:
    return record.time


def _nearest(records: list[Versions], time: datetime) -> str:
    best = min(records, key=lambda r: (r.newest.outcome is not Outcome.SUCCESS, abs(r.time - time), r.newest.vendor_id))
    return best.newest.vendor_id


def _risk(detection: Versions) -> RiskDetection:
    return risk_of(detection.newest) or RiskDetection()


def _address(event: Event) -> str | None:
    return event.place.ip or event.place.address
