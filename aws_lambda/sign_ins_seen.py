"""The hours in which sign-in events of each account and Region were seen, kept in the index: one small document an account.

A process writes each account, Region and hour once; most batches write nothing. What could not be written is tried with the next batch.
An hour that a crash takes away changes little: the pattern of four weeks counts.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from gatewatch.errors import StoreError
from gatewatch.ports import StateDocument, StateKey, StateWrite, Store, Written

from .seen_hours import KEPT, Hours, Place, forgotten, merged

ROSTER = StateKey("familiarity", "sign_ins_seen:aws")
"""The document that lists the accounts."""

ROUNDS = 3
MOST_ACCOUNTS = 5_000
MOST_REGIONS = 60
"""More than AWS has; what is beyond is not kept."""

REMEMBERED = 50_000
PAGE = 500
"""Documents that are read at once."""

_RECORD = msgspec.json.Decoder()
_ACCOUNT, _REGION = re.compile(r"\d{12}"), re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}")


def hour_of(moment: datetime) -> int:
    """The hour of a moment."""
    return int(moment.timestamp()) // 3600


def moment_of(hour: int) -> datetime:
    """When an hour began (UTC)."""
    return datetime.fromtimestamp(hour * 3600, UTC)


class SignInsSeen:
    """What this process saw, and what of it is in the index."""

    def __init__(self) -> None:
        self._written: set[tuple[Place, int]] = set()
        self._waiting: set[tuple[Place, int]] = set()

    def note(self, envelope: object, now: datetime) -> None:
        """Note one event of EventBridge if it is a sign-in event (service ``signin.amazonaws.com``); anything else is passed over."""
        detail = envelope.get("detail") if isinstance(envelope, dict) else None
        self._note(_place_and_hour(detail), now)

    def note_record(self, record: object, now: datetime, brought: Callable[[str, str], bool]) -> None:
        """The same for a record of a log file, unless EventBridge brings what comes from its account and Region: then only that proves anything."""
        try:
            detail = _RECORD.decode(record) if isinstance(record, msgspec.Raw) else record
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return
        found = _place_and_hour(detail)
        if found is not None and not brought(*found[0]):
            self._note(found, now)

    def _note(self, found: tuple[Place, int] | None, now: datetime) -> None:
        if found is None:
            return
        place, hour = found
        this = hour_of(now)
        seen = (place, min(hour, this))
        if hour > this - KEPT and seen not in self._written and len(self._waiting) < REMEMBERED:
            self._waiting.add(seen)

    def write(self, store: Store) -> None:
        """Write what is new: one read and one write, nothing where nothing is new. A store that is away leaves it for the next batch."""
        if len(self._written) > REMEMBERED:
            self._written.clear()
        try:
            for _ in range(ROUNDS):
                if not self._waiting:
                    return
                self._round(store)
        except StoreError:
            return

    def _round(self, store: Store) -> None:
        accounts = sorted({account for (account, _), _ in self._waiting})[:PAGE]
        batch = {one for one in self._waiting if one[0][0] in accounts}
        documents = store.read_state((), [ROSTER, *map(_key, accounts)]).documents
        writes = [write for account in accounts if (write := _renewed(account, batch, documents)) is not None]
        roster = _decoded(documents.get(ROSTER), list[str]) or []
        if not set(accounts) <= set(roster) and len(roster) < MOST_ACCOUNTS:
            writes.append(_write(ROSTER, sorted({*roster, *accounts}), documents))
        if not writes or set(store.write_state(writes)) == {Written.DONE}:
            self._written |= batch
            self._waiting -= batch


def read(store: Store) -> dict[Place, Hours]:
    """Every account and Region with the hours in which sign-in events were seen. Raises ``StoreUnavailable``."""
    accounts = _decoded(store.read_state((), [ROSTER]).documents.get(ROSTER), list[str]) or []
    found: dict[Place, Hours] = {}
    for start in range(0, len(accounts), PAGE):
        page = accounts[start : start + PAGE]
        documents = store.read_state((), [_key(account) for account in page]).documents
        for account in page:
            regions = _decoded(documents.get(_key(account)), dict[str, Hours]) or {}
            found |= {(account, region): hours for region, hours in regions.items()}
    return found


def _place_and_hour(detail: object) -> tuple[Place, int] | None:
    if not isinstance(detail, dict) or detail.get("eventSource") != "signin.amazonaws.com":
        return None
    identity = detail.get("userIdentity")
    account = detail.get("recipientAccountId") or (identity.get("accountId") if isinstance(identity, dict) else None)
    region, time = detail.get("awsRegion"), detail.get("eventTime")
    if not (isinstance(account, str) and isinstance(region, str) and isinstance(time, str)):
        return None
    if not (_ACCOUNT.fullmatch(account) and _REGION.fullmatch(region) and len(region) <= 32):
        return None
    try:
        return (account, region), hour_of(datetime.fromisoformat(time).replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _renewed(account: str, batch: Iterable[tuple[Place, int]], documents: Mapping[StateKey, StateDocument]) -> StateWrite | None:
    """The account's document with what is new, or None where nothing is."""
    known = _decoded(documents.get(_key(account)), dict[str, Hours]) or {}
    now = max(hour for _, hour in batch)
    regions = forgotten(known, now)
    for (owner, region), hour in batch:
        if owner == account and (region in regions or len(regions) < MOST_REGIONS):
            found = merged(regions.get(region), [hour])
            if found is not None:
                regions[region] = found
    return None if regions == known else _write(_key(account), regions, documents)


def _key(account: str) -> StateKey:
    return StateKey("familiarity", f"sign_ins_seen:aws:{account}")


def _write(key: StateKey, value: object, documents: Mapping[StateKey, StateDocument]) -> StateWrite:
    document = documents.get(key)
    return StateWrite(key, msgspec.json.encode(value), document.version if document is not None else None)


def _decoded[T](document: StateDocument | None, form: type[T]) -> T | None:
    """A document; one that cannot be read counts as none and is written anew."""
    if document is None:
        return None
    try:
        return msgspec.json.decode(document.body, type=form)
    except msgspec.DecodeError:
        return None
