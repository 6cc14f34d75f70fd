"""Reads one log file of the bucket in bounded memory: first whose records it holds, then the records themselves."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from gatewatch.errors import GatewatchError
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, RawRecord, Refused
from gatewatch.providers.aws.detail import AwsSignIn
from gatewatch.reading.files import Carrier, FileLimits, FileSource, Journal, read_sources

from .bucket_notices import ObjectNotice
from .trail_keys import LogFile

LIMITS = FileLimits(decompressed=16 * 2**30)
"""What may come out of one object: CloudTrail's own are some megabytes, and what is larger must not keep the function busy for days."""

FOREIGN, CHANGED, GONE = "records_of_another_account", "object_changed", "object_gone"
_GONE_CODES, _CHANGED_CODES = {"NoSuchKey", "NoSuchVersion", "404"}, {"PreconditionFailed", "412"}


_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # the first reading makes no record


class RefusedObjectError(Exception):
    """The object as a whole is refused; ``reason`` is a snake_case name that is counted, ``detail`` is for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


class _Owner(Struct):
    recipientAccountId: str | None = None  # noqa: N815 - CloudTrail's name


_OWNER = msgspec.json.Decoder(_Owner)


class Objects:
    """The objects of buckets. What S3 raises passes through, but for what says that this object will never be there again."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def etag(self, notice: ObjectNotice) -> str:
        """The entity tag that every reading of this object must find; raises ``RefusedObjectError``."""
        if notice.etag:
            return notice.etag
        with self._opened(notice, "") as (_, etag):
            return etag

    def records(self, notice: ObjectNotice, sent: datetime, journal: Journal) -> Iterator[RawRecord | Refused]:
        """Every record; what S3 does not give to the end is refused with ``file_unreadable``.

        Raises (while they are read):
            RefusedObjectError: it is gone, or is no longer what the notification spoke of.
        """
        source = FileSource(notice.key, lambda: self._stream(notice))
        return read_sources([source], carrier=Carrier(fetched=sent), limits=LIMITS, journal=journal)

    def check(self, notice: ObjectNotice, file: LogFile, expired: Callable[[], bool]) -> bool:
        """Read it once to see that every record is of the account in its key; False if the time ended before.

        A record names the account that received it. One that does not is decoded.

        Raises:
            RefusedObjectError: a record is of another account, or as ``records``.
        """
        for number, record in enumerate(self.records(notice, _NO_TIME, Journal())):
            if number % 1_000 == 0 and expired():
                return False
            owner = owner_of(record)
            if owner is None and not isinstance(record, Refused) and not is_of(decode(record), file.account):
                owner = "another"
            if owner is not None and owner != file.account:
                shown = owner if owner.isdecimal() and len(owner) == 12 else "another account"
                raise RefusedObjectError(FOREIGN, f"record {number + 1} is of {shown}, the key says {file.account}")
        return True

    @contextmanager
    def _stream(self, notice: ObjectNotice) -> Iterator[Any]:
        with self._opened(notice, notice.etag) as (body, _):
            yield body

    @contextmanager
    def _opened(self, notice: ObjectNotice, etag: str) -> Iterator[tuple[Any, str]]:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - loaded with boto3, see clients.py

        condition: dict[str, Any] = {"IfMatch": etag} if etag else {}
        try:
            answer = self._client().get_object(Bucket=notice.bucket, Key=notice.key, **condition)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in _GONE_CODES:
                raise RefusedObjectError(GONE) from error
            if code in _CHANGED_CODES:
                raise RefusedObjectError(CHANGED, "CloudTrail writes a log file once") from error
            raise GatewatchError(f"S3 answered {code}") from error
        with answer["Body"] as body:
            yield body, answer["ETag"].strip('"')


def is_of(found: Iterable[object], account: str) -> bool:
    """Whether no event in it is of another account: a record in another form than CloudTrail's own says so only once it is decoded.

    A record of another vendor is of no account of AWS, whatever it says, and CloudTrail writes none.
    """
    events = (one for one in found if isinstance(one, Event))
    return all(isinstance(one.detail, AwsSignIn) and one.account in {None, account} for one in events)


def owner_of(record: RawRecord | Refused) -> str | None:
    """The account that a record says it was received in; None where it does not, or cannot be read: its decoder has to tell."""
    if isinstance(record, Refused):
        return None
    try:
        found = _OWNER.decode(record.data) if isinstance(record.data, Raw) else msgspec.convert(record.data, _Owner)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found.recipientAccountId or None
