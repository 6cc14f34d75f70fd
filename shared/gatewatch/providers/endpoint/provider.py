"""The provider record of endpoint agents.

What reads documents and writes queries is imported with the first of them: the reader of command lines is large, and a host that
sees other vendors' records only must not pay for it at its start.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ...model import Activity, Event
from ...reading.fields import Fields
from ...tuning import Tuning
from ..answers import plain_result
from ..ecs import unique
from ..limit import Limit
from ..phrases import who
from ..provider import Decode, DocumentPart, IndexSearch, Provider, SavedSearch, TextPart, Versioning
from ..rule import Modifier
from . import activities, document, features, fields, raw_samples, session, text
from .detail import Process, process_of
from .dialects import DIALECTS
from .indices import HOST_FIELDS, INDICES
from .keep import IGNORE_REASONS, is_strange_connection, keep
from .placeholders import placeholders
from .rules import RULES
from .steps import FIRST_STEPS

OBFUSCATED = Modifier("obfuscated command line", 10, "The command line hides what it runs.")


def _recognise(record: Fields) -> Decode | None:
    from .process import from_document, is_process  # noqa: PLC0415 - see the first lines

    return from_document if is_process(record) else None


def _documents(since: datetime, until: datetime, tuning: Tuning) -> dict[str, Any]:
    from .search import for_tuning  # noqa: PLC0415 - the same

    return for_tuning(since, until, tuning)


def _streams(since: datetime, until: datetime) -> dict[str, Any]:
    from .search import host_days  # noqa: PLC0415 - the same

    return host_days(since, until)


def _stream_record(values: Mapping[str, object], first: datetime) -> Mapping[str, object] | None:
    from .search import host_record  # noqa: PLC0415 - the same

    return host_record(values, first)


def _circumstances(activity: Activity, _tuning: Tuning) -> Iterator[Modifier]:
    process = process_of(activity.event)
    if process is not None and process.obfuscated:
        yield OBFUSCATED


def _attributes(event: Event) -> Mapping[str, str]:
    process = process_of(event)
    return {"parent_process": process.parent_name} if process is not None and process.parent_name else {}


def _shown_beside(event: Event) -> bool:
    process = process_of(event)
    return process is not None and process.context


_SHOWN = Limit("principal", timedelta(days=1), 200)


def _limit(event: Event) -> Limit | None:
    """Events that are only shown beside a login give no points, so a day needs no more of them."""
    process = process_of(event)
    return _SHOWN if process is not None and process.context and not is_strange_connection(process) else None


def _hosts(event: Event) -> list[str]:
    process = process_of(event)
    return unique(process.host_id, process.host_name) if process is not None else []


PROVIDER = Provider(
    name="endpoint",
    details=(Process,),
    recognise=_recognise,
    ignore_reasons=IGNORE_REASONS,
    dialects=DIALECTS,
    keep=keep,
    indices=INDICES,
    search=IndexSearch(documents=_documents, streams=_streams, stream_fields=HOST_FIELDS, stream_record=_stream_record),
    versioning=Versioning(changing=lambda _event: None, closed=lambda _event, _tuning: False, confirmed=lambda _event: False),
    links=activities.links,
    mentions=session.mentions,
    wants=lambda _event: None,
    features=features.features,
    teaches=features.teaches,
    familiarity_key=features.familiarity_key,
    activities=activities.activities,
    linking_reach=timedelta(),
    related=_shown_beside,
    related_after=activities.BESIDE,
    limit=_limit,
    circumstances=_circumstances,
    attributes=_attributes,
    guarded=lambda _activity: False,
    mfa=lambda _event: None,
    document=DocumentPart(
        category="process",
        fields=document.fields,
        linked_fields=lambda _activity: {},
        names=document.names,
        hosts=_hosts,
        namespaces=("process.", "host."),
        mapping=fields.mapping,
    ),
    text=TextPart(
        name=who,
        identity=lambda _event: None,
        role=text.role,
        used=text.used,
        result=plain_result,
        mfa=lambda _activity: "",
        risk=lambda _activity: "",
        has_address=False,
    ),
    account_label="",
    first_steps=FIRST_STEPS,
    lookups=lambda _event: (),
    placeholders=placeholders,
    links_for_people=lambda _event: (),
    opens=session.opens,
    saved_searches=(SavedSearch("endpoint_cloud_cli_auth", "Cloud command lines", "Authentications of cloud command lines on hosts."),),
    rules=RULES,
    samples=raw_samples.samples,
)
