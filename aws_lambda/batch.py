"""One delivery through the pipeline as one chunk, and what became of each message."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from aws_lambda_powertools import Logger
from msgspec import Struct, field, structs

from gatewatch.errors import Conflict, NewerDocument, StoreError, StoreUnavailable
from gatewatch.flow import pipeline
from gatewatch.flow.announce import announce_unstored, log_announced
from gatewatch.flow.announced import Announcements, remembering
from gatewatch.flow.decoding import Decoded, decoded
from gatewatch.flow.intake import Disposition
from gatewatch.model import Announcement
from gatewatch.ports import Ports

from . import canary, silent_regions
from .dead_letters import SqsDeadLetters
from .messages import Message
from .set_aside import SetAside
from .sign_ins_seen import SignInsSeen
from .telemetry import CANARY_AGE, OLDEST_WAITING

PATIENCE = 5
"""Receives after which a record that nobody foresaw is parked, so that a bug cannot hold its neighbours back."""


class Invocation(Struct, frozen=True, kw_only=True):
    """What one invocation works with."""

    ports: Ports
    dead_letters: SqsDeadLetters
    set_aside: SetAside | None
    log: Logger
    count: Callable[[str, int], None]  # a metric of low cardinality
    renew: Callable[[], bool]  # reads the store's credential again; whether it changed
    known: Announcements = field(default_factory=Announcements)  # what this process sent and a log may lack
    before: frozenset[Announcement] = frozenset()  # what of that is older than this invocation
    seen: SignInsSeen = field(default_factory=SignInsSeen)
    processed: Callable[[Sequence[Decoded], pipeline.BatchResult], None] = lambda _records, _outcome: None  # is shown every result


FULL_BATCH = 10
"""The messages of a batch in the template: its calls of the index are bounded, and the hours that it saw wait for the next batch or sweep."""


def take(messages: Sequence[Message], invocation: Invocation) -> frozenset[str]:
    """Process the messages together; the ids of those that must come again."""
    invocation = structs.replace(
        invocation, ports=remembering(invocation.ports, invocation.known), before=frozenset(invocation.known.all())
    )
    invocation.count("Records", len(messages))
    failed: set[str] = set()
    readable: list[tuple[Message, Decoded]] = []
    for message in messages:
        if (sent := canary.sent_of(message.body)) is not None:
            failed |= _canary(message, sent, invocation)
            continue
        if message.problem:
            failed |= dead_letter(message, message.problem, "", invocation)
            continue
        try:
            readable.append((message, decoded(message.record())))
        except ValueError as error:
            failed |= dead_letter(message, "not_json", str(error), invocation)
        except Exception as error:  # noqa: BLE001 - one record must not hold its neighbours back
            failed |= _alone(message, None, error, invocation)
    if readable:
        failed |= process(readable, invocation)
    if len(messages) < FULL_BATCH:  # another batch follows a full one, and has the time for it
        invocation.seen.write(invocation.ports.store)
    invocation.count(OLDEST_WAITING, _oldest(messages, failed, invocation.ports.clock()))
    return frozenset(failed)


def _canary(message: Message, sent: datetime, invocation: Invocation) -> set[str]:
    """Note that it arrived. While the store is away it comes again, as a record does."""
    try:
        canary.note(sent, invocation.ports.store, invocation.ports.clock())
    except StoreError as error:
        _log_away(error, 1, invocation)
        return {message.id}
    return set()


def _oldest(messages: Sequence[Message], failed: Collection[str], now: datetime) -> int:
    """How long the oldest message that must come again has waited; SQS's own metric no longer sees one after its third receive."""
    waited = [(now - message.sent).total_seconds() for message in messages if message.id in failed]
    return max(0, round(max(waited, default=0)))


def take_direct(message: Message, invocation: Invocation) -> bool:
    """One event that came without a queue; what must come again goes onto the function's own. False when even that failed."""
    if message.id not in take([message], invocation):
        return True
    return invocation.set_aside is not None and put_back(message, invocation.set_aside, invocation)


def sweep(invocation: Invocation) -> None:
    """Send what is owed, resolve what arrived late; while the store is away the next sweep tries again."""
    known, before = invocation.known, invocation.known.all()
    ports = remembering(invocation.ports, known)
    try:
        age = canary.age_seconds(ports.store, ports.clock())
        invocation.count(CANARY_AGE, age)
        known.unlogged -= log_announced(known.unlogged, ports)
        invocation.seen.write(ports.store)
        report(pipeline.sweep(ports), invocation)
        invocation.count("SilentRegions", silent_regions.check(ports, invocation.log, sight=age <= canary.LATE_SECONDS))
    except (StoreUnavailable, Conflict) as error:
        known.unlogged |= known.all() - before  # what was sent and could not be marked
        if invocation.renew():
            sweep(invocation)
            return
        _log_away(error, 0, invocation)
    invocation.count("Sweeps", 1)


def process(pairs: list[tuple[Message, Decoded]], invocation: Invocation) -> set[str]:
    """Records through the pipeline, each in a message; the ids of those that must come again, because the store is away."""
    try:
        outcome = pipeline.process([record for _, record in pairs], invocation.ports)
    except (StoreUnavailable, Conflict) as error:
        return process(pairs, invocation) if invocation.renew() else _away(pairs, error, invocation)
    except Exception as error:  # noqa: BLE001 - one record must not hold its neighbours back, see _alone
        if len(pairs) > 1:
            return set().union(*(process([pair], invocation) for pair in pairs))
        return _alone(*pairs[0], error, invocation)
    report(outcome, invocation)
    invocation.processed([record for _, record in pairs], outcome)
    failed = _refused(pairs, outcome, invocation)
    for _, record in pairs:
        invocation.seen.note(record.raw.data, invocation.ports.clock())
    return failed


def _refused(pairs: Sequence[tuple[Message, Decoded]], outcome: pipeline.BatchResult, invocation: Invocation) -> set[str]:
    """Dead-letter what was refused; what is urgent in it is announced first, and the dead letter knows that."""
    why = {item.index: (item.reason, item.detail) for item in outcome.refused()}
    announce([pairs[index] for index in why], invocation)
    informed = {index: _informed(pairs[index][0], invocation.known.about(pairs[index][1])) for index in why}
    return set().union(*(dead_letter(informed[index], *said, invocation) for index, said in why.items()))


def _alone(message: Message, record: Decoded | None, error: Exception, invocation: Invocation) -> set[str]:
    """One record that failed by itself: dead-lettered when the store refuses what comes of it, or when it has failed often enough."""
    invocation.log.error("a record failed", extra={"message_id": message.id, "error": type(error).__name__, "where": _where(error)})
    invocation.count("Unexpected", 1)
    informed = message
    if record is not None:
        announce([(message, record)], invocation)
        informed = _informed(message, invocation.known.about(record))
    if isinstance(error, NewerDocument):
        return set()  # its evidence is stored, and its days are listed for the later release
    if isinstance(error, StoreError):
        return dead_letter(informed, "store_refused", str(error), invocation)
    if message.receives >= PATIENCE:
        return dead_letter(informed, "unexpected_error", f"{type(error).__name__} at {_where(error)}", invocation)
    return {message.id} - _replaced(message, informed, invocation)


def _away(pairs: list[tuple[Message, Decoded]], error: Exception, invocation: Invocation) -> set[str]:
    """The store is away: nothing is lost, all come again; what cannot wait is announced on each channel once, however often it is tried."""
    _log_away(error, len(pairs), invocation)
    announce(pairs, invocation)
    known = invocation.known
    new = known.all() - invocation.before
    known.unlogged |= new
    about = [known.about(record) for _, record in pairs]
    about[0] = (*about[0], *(new - {one for found in about for one in found}))  # about alerts of the same people: any message may carry it
    done: set[str] = set()
    for (message, _), found in zip(pairs, about, strict=True):
        done |= _replaced(message, _informed(message, found), invocation)
    return {message.id for message, _ in pairs} - done


def announce(pairs: Sequence[tuple[Message, Decoded]], invocation: Invocation) -> None:
    """Announce what is urgent in records that are not stored, on each channel once."""
    if not pairs:
        return
    outcome = announce_unstored([record for _, record in pairs], invocation.ports, invocation.known)
    invocation.count("AnnouncedUnstored", outcome.sent)
    if outcome.failed:
        invocation.count("NotTold", outcome.failed)


def _informed(message: Message, about: Sequence[Announcement]) -> Message:
    """The message with everything that was announced about its record."""
    found = dict.fromkeys((*message.announced, *about))
    return message if len(found) == len(message.announced) else structs.replace(message, announced=tuple(found))


def _replaced(message: Message, informed: Message, invocation: Invocation) -> set[str]:
    """Put a copy that knows what was announced back into the queue; the id of the message if the copy took its place."""
    if informed is message or invocation.set_aside is None:
        return set()
    return {message.id} if put_back(informed, invocation.set_aside, invocation) else set()


def _log_away(error: Exception, records: int, invocation: Invocation) -> None:
    invocation.log.warning("store unavailable", extra={"error": type(error).__name__, "detail": str(error)[:300], "records": records})
    invocation.count("StoreUnavailable", 1)


def put_back(message: Message, set_aside: SetAside, invocation: Invocation) -> bool:
    """Send a copy of the message to a queue of the function's own; False if it could not be sent, which is logged."""
    try:
        set_aside.send(message)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises, the original comes again
        invocation.log.error("could not set a record aside", extra={"message_id": message.id, "error": type(error).__name__})  # noqa: TRY400 - a traceback could quote the record
        return False
    return True


def dead_letter(message: Message, reason: str, detail: str, invocation: Invocation) -> set[str]:
    """Dead-letter at once; only if that fails does the message come again."""
    try:
        invocation.dead_letters.dead_letter(message, reason, detail)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises, the message comes again
        invocation.log.error("dead-letter failed", extra={"message_id": message.id, "reason": reason, "error": type(error).__name__})  # noqa: TRY400 - a traceback could quote the record
        invocation.count("DeadLetterFailed", 1)
        return {message.id}
    invocation.log.warning("dead-lettered a record", extra={"message_id": message.id, "reason": reason})
    invocation.count("DeadLettered", 1)
    return set()


def report(outcome: pipeline.BatchResult, invocation: Invocation) -> None:
    """Counts and one line of ids and outcomes, never of content."""
    for disposition in Disposition:
        number = sum(item.disposition is disposition for item in outcome.items)
        if number:
            invocation.count(disposition.value.capitalize(), number)
    notified = sum(not sent.error for sent in outcome.sent)
    invocation.count("Told", notified)
    invocation.count("NotTold", len(outcome.sent) - notified)
    notices = [f"{sent.channel}:{sent.why}:{sent.alert_id}:{sent.error or 'sent'}" for sent in outcome.sent]
    invocation.log.info(
        "processed", extra={"dispositions": outcome.counts(), "alerts": [alert.id for alert in outcome.alerts], "notices": notices}
    )


def _where(error: Exception) -> str:
    """File and line of the last frame; a traceback could quote the record."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}" if frame else "unknown"
