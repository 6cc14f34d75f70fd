"""Bodies of Event Hub events to records, and whose they are. Azure Monitor writes ``{"records": [...]}``, several records a body.

A body without that list is one record, so that nothing that was sent disappears. What no decoder takes is treated as in a page of Graph.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.ports import Damaged
from gatewatch.polling.streams import Slice, Stream
from gatewatch.providers.entra.sign_in import tenant_of
from gatewatch.reading.fields import Fields

from .graph_pages import NOT_JSON, Item, NotWhole, PageReader

ORIGIN = "event hub"
TENANT_UNKNOWN = "tenant_not_configured"
TENANT_MISSING = "tenant_missing"
TIME_FIELD = "time"
"""What every record of Azure Monitor has."""


class _Records(Struct):
    records: list[Any]


_RECORDS = msgspec.json.Decoder(_Records)
_ANY = msgspec.json.Decoder()
_REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Sorted(Struct, frozen=True):
    """The records of an event: those to be processed, those that name no tenant, and how many were refused, by reason."""

    page: list[RawRecord | Damaged]
    nameless: list[RawRecord]
    refused: Counter[str]


class NoPages:
    """``gatewatch.polling.ports.PageSource`` of what is pushed: there is nothing to ask for."""

    def pages(self, _stream: Stream, _piece: Slice, _deadline: Deadline) -> Iterator[list[RawRecord | Damaged]]:
        """None."""
        return iter(())


def records(body: bytes) -> list[Item]:
    """The records of one body, each repaired or as text where it is damaged. Never raises."""
    try:
        return [Item(data) for data in _RECORDS.decode(body).records]
    except _REFUSALS:
        pass
    try:
        found = _ANY.decode(body)
    except _REFUSALS:
        return _damaged(body)
    return [Item(data) for data in found] if isinstance(found, list) else [Item(found)]


def _damaged(body: bytes) -> list[Item]:
    read = PageReader(TIME_FIELD, "records")
    for _ in range(2):  # the second time it gives up the record that is no JSON, and not the page: this body will not come again
        try:
            return read(body).items
        except NotWhole:
            continue
    return [Item(body.decode("utf-8", "backslashreplace"), NOT_JSON)]


def sort(body: bytes, enqueued: datetime | None, tenants: Collection[str]) -> Sorted:
    """The records of a body by what is to become of them. ``tenants`` are the configured ones, as they are spelt there.

    A record counts as fetched when it was enqueued, so that a batch that comes again makes no second version of it.
    """
    spelt: Mapping[str, str] = {tenant.casefold(): tenant for tenant in tenants}
    page: list[RawRecord | Damaged] = []
    nameless: list[RawRecord] = []
    refused: Counter[str] = Counter()
    for item in records(body):
        named = tenant_of(Fields(item.data)) if isinstance(item.data, dict) else None
        if named is not None and named not in spelt:
            refused[TENANT_UNKNOWN] += 1
            continue
        raw = RawRecord(data=item.data, fetched=enqueued, tenant=spelt.get(named or ""), origin=ORIGIN)
        if item.damage == NOT_JSON:
            page.append(Damaged(raw, item.damage, repaired=False))
        elif named is None:
            nameless.append(raw)
        else:
            page.append(Damaged(raw, item.damage, repaired=True) if item.damage else raw)
    return Sorted(page, nameless, refused)
