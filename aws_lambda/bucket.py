"""One delivery of notifications about log files in the trail's bucket, and what became of each object.

An object is read in bounded memory, twice: first to see that every record is of the account in its key, then to process what the probe does not
leave. Where the time of an invocation ends first, the rest goes back onto the function's own queue with what was done. A record ends as it does
when EventBridge brings it, under the same id; an object that is refused goes to a dead-letter queue of its own.
"""

import json
from collections.abc import Callable, Sequence

from msgspec import Raw, Struct, structs

from gatewatch.errors import StoreError
from gatewatch.flow.announced import remembering
from gatewatch.flow.decoding import Decoded
from gatewatch.flow.intake import Disposition
from gatewatch.flow.pipeline import BatchResult
from gatewatch.flow.policy import current, remembered
from gatewatch.flow.probed import Chunk, chunks
from gatewatch.flow.probing import Prober
from gatewatch.model import Announcement
from gatewatch.ports import Ports
from gatewatch.reading.files import Journal

from . import batch, wrapped
from .batch import PATIENCE, Invocation
from .bucket_notices import ObjectNotice, UnknownNoticeError, notices
from .bucket_objects import FOREIGN, Objects, RefusedObjectError, is_of
from .dead_letters import SqsDeadLetters, printable
from .live_events import LiveEvents
from .messages import Message
from .set_aside import SetAside
from .trail_keys import LogFile, log_file

SPARE_SECONDS = 15.0
"""What must be left of an invocation to begin another chunk."""


class StoreAwayError(Exception):
    """The store is away. ``informed`` is a message that knows what was announced all the same; None if nothing was."""

    def __init__(self, informed: Message | None) -> None:
        super().__init__()
        self.informed = informed


class Bucket(Struct, frozen=True, kw_only=True):
    """What the function works with."""

    invocation: Invocation  # dead letters of single records, which the other function's queue takes back
    objects: Objects
    name: str
    prefix: str
    refused: SqsDeadLetters  # dead letters of whole objects
    again: SetAside  # the function's own queue
    live: LiveEvents
    remaining: Callable[[], float]  # seconds

    def expired(self) -> bool:
        """Whether the time of this invocation is used up."""
        return self.remaining() < SPARE_SECONDS


def take(messages: Sequence[Message], bucket: Bucket) -> frozenset[str]:
    """Process the objects that these messages tell of, one after the other; the ids of the messages that must come again."""
    known = bucket.invocation.known
    invocation = structs.replace(
        bucket.invocation,
        ports=remembering(bucket.invocation.ports, known),
        before=frozenset(known.all()),
        set_aside=None,
    )
    bucket = structs.replace(bucket, invocation=invocation)
    return frozenset().union(*(_take_one(message, bucket) for message in messages))


def _take_one(message: Message, bucket: Bucket) -> set[str]:
    try:
        body = wrapped.text([wrapped.Wrapped(record=message.body, packed=True)]) if message.packed else message.body
        found = notices(body) if not message.problem else []
    except UnknownNoticeError as error:
        return _refuse(message, "unknown_notification", str(error), bucket)
    except ValueError as error:
        return _refuse(message, "damaged_wrapper", str(error), bucket)
    if message.problem:
        return _refuse(message, message.problem, "", bucket)
    objects = [one for one in found if isinstance(one, ObjectNotice)]
    for reason in (one for one in found if isinstance(one, str)):
        _ignore(reason, bucket)
    if len(objects) > 1 or (objects and bucket.expired()):
        return set().union(*(_put_back(structs.replace(message, body=one.body()), bucket) for one in objects))
    return _object(message, objects[0], bucket) if objects else set()


def _object(message: Message, notice: ObjectNotice, bucket: Bucket) -> set[str]:
    """One object, whole or up to where the time ends."""
    file = log_file(notice.key, bucket.prefix) if notice.bucket == bucket.name else "other_bucket"
    if isinstance(file, str):
        _ignore(file, bucket)
        return set()
    try:
        left = _read(message, notice, file, _counting(message, bucket))
    except RefusedObjectError as error:
        return _refuse(structs.replace(message, body=notice.body()), error.reason, error.detail, bucket)
    except StoreAwayError as error:
        return {message.id} if error.informed is None else _put_back(error.informed, bucket)
    except Exception as error:  # noqa: BLE001 - one object must not hold its neighbours back; it comes again, and SQS gives it up at last
        said = {"object": printable(notice.key), "error": type(error).__name__, "detail": printable(str(error))}
        bucket.invocation.log.error("an object could not be read", extra=said)  # noqa: TRY400 - a traceback could quote a record
        bucket.invocation.count("ObjectErrors", 1)
        return {message.id}
    if left is None:
        bucket.invocation.count("Objects", 1)
        return set()
    if (left.skip, left.checked) == (notice.skip, notice.checked):
        return {message.id}  # a whole invocation was too short for the next step: it comes again, and is given up at last
    return _put_back(structs.replace(message, body=left.body()), bucket)


def _read(message: Message, notice: ObjectNotice, file: LogFile, bucket: Bucket) -> ObjectNotice | None:
    """Check and process one object; what is left of it when the time ends."""
    notice = structs.replace(notice, etag=bucket.objects.etag(notice))
    if not notice.checked:
        if not bucket.objects.check(notice, file, bucket.expired):
            return notice
        notice = structs.replace(notice, checked=True)
    journal, ports = Journal(), _ports_of(bucket)
    progress = _Progress(message, notice)
    for chunk in chunks(bucket.objects.records(notice, message.sent, journal), Prober(ports.tuning, ports.geo), skip=notice.skip):
        progress.take(chunk, file, bucket)
        if bucket.expired() and not progress.broken:
            break
    else:
        progress.broken = progress.broken or next((report.left_out for report in journal.files if report.left_out), "")
        progress.whole = True
    return progress.left()


def _ports_of(bucket: Bucket) -> Ports:
    """The ports under the policy in force; under the last one that this process read while the store is away."""
    try:
        return current(bucket.invocation.ports)
    except StoreError:
        return remembered(bucket.invocation.ports)


class _Progress:
    """How far one object was processed. While the store is away what is urgent is announced, and nothing counts as processed."""

    def __init__(self, message: Message, notice: ObjectNotice) -> None:
        self._message, self._notice = message, notice
        self._about: dict[Announcement, None] = {}
        self._away = False
        self.broken = ""  # why a part of the object cannot be read
        self.whole = False

    def take(self, chunk: Chunk, file: LogFile, bucket: Bucket) -> None:
        """One chunk; raises ``RefusedObjectError`` where an event is of another account."""
        invocation = bucket.invocation
        records = [_informed(record, self._message.announced) for record in chunk.records]
        pairs = [(_of_record(self._message, place, record), record) for place, record in enumerate(records, chunk.read)]
        if not all(is_of(record.found, file.account) for record in records):
            raise RefusedObjectError(FOREIGN, f"the key says {file.account}")
        for record in records:
            invocation.seen.note_record(record.raw.data, invocation.ports.clock(), bucket.live.reaches)
        if self._away:
            batch.announce(pairs, invocation)
        elif pairs and batch.process(pairs, invocation):
            self._away = True
        if self._away:
            self._about |= dict.fromkeys(one for record in records for one in invocation.known.about(record))
            return
        invocation.seen.write(invocation.ports.store)
        invocation.count("Left", sum(chunk.ignored.values()))
        self._notice = structs.replace(self._notice, skip=chunk.read)
        self.broken = chunk.refused[-1].reason if chunk.refused else self.broken  # why the file ends is said last

    def left(self) -> ObjectNotice | None:
        """What is left of the object, None for nothing.

        Raises:
            RefusedObjectError: a part of it cannot be read; the rest was processed.
            StoreAwayError: the store is away.
        """
        if self._away:
            new = tuple(one for one in self._about if one not in self._message.announced)
            informed = structs.replace(self._message, body=self._notice.body(), announced=(*self._message.announced, *new))
            raise StoreAwayError(informed if new else None)
        if self.broken:
            raise RefusedObjectError(self.broken, f"{self._notice.skip} records of it were read")
        return None if self.whole else self._notice


def _of_record(message: Message, place: int, record: Decoded) -> Message:
    """A record as a message of its own. What fails by itself is dead-lettered at once: the object cannot wait for it."""
    return Message(
        id=f"{message.id}:{place}", body=_text(record.raw.data), sent=message.sent, receives=PATIENCE, announced=message.announced
    )


def _informed(record: Decoded, announced: tuple[Announcement, ...]) -> Decoded:
    """The record with what was announced about its object: any record may carry what is about another one's alert."""
    return structs.replace(record, raw=structs.replace(record.raw, announced=announced)) if announced else record


def _text(data: object) -> str:
    return bytes(data).decode("utf-8", "replace") if isinstance(data, Raw) else json.dumps(data)


def _counting(message: Message, bucket: Bucket) -> Bucket:
    """Count what EventBridge did not bring, but not of what comes again: while the index was away EventBridge's own events waited too."""
    if message.receives > 1 or message.announced:
        return bucket
    counting = structs.replace(bucket.invocation, processed=lambda records, outcome: _count_missing(records, outcome, bucket))
    return structs.replace(bucket, invocation=counting)


def _count_missing(records: Sequence[Decoded], outcome: BatchResult, bucket: Bucket) -> None:
    """Count the records that were stored first from their log file although EventBridge should have brought them."""
    stored = {item.index for item in outcome.items if item.disposition is Disposition.STORED}
    missing = [item.vendor_id for item in outcome.items if item.index in stored and bucket.live.brings(records[item.index].raw.data)]
    bucket.invocation.count("LiveMissing", len(missing))
    if missing:
        bucket.invocation.log.warning("EventBridge did not bring these events", extra={"events": missing[:50]})


def _ignore(reason: str, bucket: Bucket) -> None:
    bucket.invocation.count("ObjectsIgnored", 1)
    bucket.invocation.log.info("an object is ignored", extra={"reason": reason})


def _refuse(message: Message, reason: str, detail: str, bucket: Bucket) -> set[str]:
    """Dead-letter the message about an object; only if that fails does it come again."""
    failed = batch.dead_letter(message, reason, detail, structs.replace(bucket.invocation, dead_letters=bucket.refused))
    bucket.invocation.count("ObjectsRefused", 1 - len(failed))
    return failed


def _put_back(message: Message, bucket: Bucket) -> set[str]:
    return set() if batch.put_back(message, bucket.again, bucket.invocation) else {message.id}
