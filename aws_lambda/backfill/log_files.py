"""The log files of a trail's bucket, in the order of their delivery, day by day over all accounts and Regions.

A day's keys are in memory at once: about 300 bytes a file, and an organisation of 400 accounts in 17 Regions has two million files a day.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Struct

from gatewatch.errors import ConfigError
from gatewatch.flow.backfill import HistoryPart
from gatewatch.flow.decoding import decode
from gatewatch.model import RawRecord, Refused
from gatewatch.reading.files import FileSource, Journal, RemoteObject, prefetched, read_sources

from ..bucket_objects import FOREIGN, LIMITS, is_of, owner_of
from ..cli import named_errors
from ..trail_keys import LogFile, log_file
from .fetching import fetch

_ORGANIZATION = "o-"


class Extent(Struct, frozen=True):
    """Which log files: delivered from ``since`` until before ``until``, of these accounts and Regions (none named: all)."""

    since: datetime
    until: datetime
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()


class LogFiles:
    """The log files below a prefix of a bucket."""

    def __init__(self, client: Any, bucket: str, prefix: str, extent: Extent) -> None:  # noqa: ANN401 - a client of boto3
        self._s3, self._bucket, self._prefix, self._extent = client, bucket, prefix, extent

    def parts(self, after: str) -> Iterator[HistoryPart]:
        """One part a file, from behind the one with this name on.

        Raises:
            ConfigError: no log file of these accounts and Regions is there.
            GatewatchError: S3 does not answer.
        """
        places = list(self._places())
        if not places:
            raise ConfigError(f"s3://{self._bucket}/{self._prefix} holds no log files of CloudTrail for these accounts and Regions")
        files = (file for day in self._days(after) for file in self._delivered(day, places) if _name(file) > after)
        waiting: list[LogFile] = []
        for source in prefetched(self._remote(files, waiting)):
            file = waiting.pop(0)
            yield HistoryPart(_name(file), partial(_records, source, file))

    def _remote(self, files: Iterable[LogFile], waiting: list[LogFile]) -> Iterator[RemoteObject]:
        for file in files:
            waiting.append(file)
            yield RemoteObject(f"s3://{self._bucket}/{file.key}", 0, partial(fetch, self._s3, self._bucket, file.key))

    def _days(self, after: str) -> Iterator[datetime]:
        """Midnights: a file lies under the day of its delivery."""
        first = self._extent.since
        with suppress(ValueError):
            first = max(first, datetime.strptime(after[:13], "%Y%m%dT%H%M").replace(tzinfo=UTC))
        day = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < self._extent.until:
            yield day
            day += timedelta(days=1)

    def _delivered(self, day: datetime, places: Iterable[str]) -> list[LogFile]:
        """The files of one day and of the span, in the order of their delivery."""
        since, until = (f"{moment.astimezone(UTC):%Y%m%dT%H%M}" for moment in (self._extent.since, self._extent.until))
        found = (log_file(key, self._prefix) for place in places for key in self._keys(f"{place}{day:%Y/%m/%d}/"))
        return sorted((one for one in found if isinstance(one, LogFile) and since <= one.time < until), key=_name)

    def _places(self) -> Iterator[str]:
        """The prefix of each account and Region."""
        begin = f"{self._prefix}/AWSLogs/" if self._prefix else "AWSLogs/"
        roots = [begin, *(name for name in self._folders(begin) if name.removeprefix(begin).startswith(_ORGANIZATION))]
        for root in roots:
            for account in self._folders(root):
                if _taken(account, self._extent.accounts) and account[-13:-1].isdecimal():
                    yield from (region for region in self._folders(f"{account}CloudTrail/") if _taken(region, self._extent.regions))

    def _folders(self, prefix: str) -> list[str]:
        return [str(one["Prefix"]) for page in self._pages(prefix, "/") for one in page.get("CommonPrefixes", ())]

    def _keys(self, prefix: str) -> Iterator[str]:
        return (str(one["Key"]) for page in self._pages(prefix, "") for one in page.get("Contents", ()))

    def _pages(self, prefix: str, delimiter: str) -> Iterator[dict[str, Any]]:
        with named_errors(f"s3://{self._bucket}"):
            yield from self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix, Delimiter=delimiter)


def _name(file: LogFile) -> str:
    return f"{file.time} {file.key}"


def _taken(prefix: str, named: Collection[str]) -> bool:
    return not named or prefix.rstrip("/").rpartition("/")[2] in named


def _records(source: FileSource, file: LogFile) -> Iterator[RawRecord | Refused]:
    """Its records; one of another account than the key names is refused."""
    for record in read_sources([source], limits=LIMITS, journal=Journal()):
        if isinstance(record, RawRecord) and not _is_of(record, file.account):
            yield Refused(origin=record.origin, reason=FOREIGN, detail=f"the key says {file.account}")
        else:
            yield record


def _is_of(record: RawRecord, account: str) -> bool:
    """Whether a record is of this account. Only a record in another form than CloudTrail's own has to be decoded to tell."""
    owner = owner_of(record)
    if owner is not None:
        return owner == account
    return is_of(decode(record), account)
