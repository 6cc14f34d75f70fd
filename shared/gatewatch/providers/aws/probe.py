"""The probes of CloudTrail records, bare and in an EventBridge envelope.

Most calls are read by no rule, whoever of many sessions makes them: about those decide service, name and kind of caller. A use of a long-term
key and the calls of an instance's own agent teach where they come from: about those decides everything but the call itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, structs

from ...model import Event
from ...reading.fields import scalar, word
from ...reading.times import exact
from ..probe import ABSENT, Answer, Parsed, Probe, Question, Twins, extended, folded, key_of, own_id, own_text, plain_id
from . import event_names, identity
from .services import service_of

type _Text = str | UnsetType | None


class _Identity(Struct, forbid_unknown_fields=True, gc=False):
    """``userIdentity``, with every property that the CloudTrail user guide names."""

    type: _Text = UNSET
    principalId: _Text = UNSET  # noqa: N815 - as CloudTrail writes it
    arn: _Text = UNSET
    accountId: _Text = UNSET  # noqa: N815
    accessKeyId: _Text = UNSET  # noqa: N815
    userName: _Text = UNSET  # noqa: N815
    invokedBy: _Text = UNSET  # noqa: N815
    sessionContext: Raw = ABSENT  # noqa: N815
    onBehalfOf: Raw = ABSENT  # noqa: N815
    inScopeOf: Raw = ABSENT  # noqa: N815
    identityProvider: Raw = ABSENT  # noqa: N815
    credentialId: Raw = ABSENT  # noqa: N815


class _Record(Struct, gc=False, kw_only=True):
    """A CloudTrail record: what decides about it."""

    event_source: str = msgspec.field(name="eventSource")
    event_name: str = msgspec.field(name="eventName")
    event_time: str = msgspec.field(name="eventTime")
    event_id: str = msgspec.field(name="eventID")
    user_identity: _Identity | UnsetType | None = msgspec.field(default=UNSET, name="userIdentity")
    address: Raw = msgspec.field(default=ABSENT, name="sourceIPAddress")
    user_agent: Raw = msgspec.field(default=ABSENT, name="userAgent")
    error_code: Raw = msgspec.field(default=ABSENT, name="errorCode")
    error_message: Raw = msgspec.field(default=ABSENT, name="errorMessage")
    account: Raw = msgspec.field(default=ABSENT, name="recipientAccountId")
    endpoint: Raw = msgspec.field(default=ABSENT, name="vpcEndpointId")
    extra: Raw = msgspec.field(default=ABSENT, name="additionalEventData")
    request: Raw = msgspec.field(default=ABSENT, name="requestParameters")
    response: Raw = msgspec.field(default=ABSENT, name="responseElements")
    service: Raw = msgspec.field(default=ABSENT, name="serviceEventDetails")
    request_id: Raw = msgspec.field(default=ABSENT, name="requestID")
    version: Raw = msgspec.field(default=ABSENT, name="eventVersion")
    type: Raw = msgspec.field(default=ABSENT, name="eventType")
    category: Raw = msgspec.field(default=ABSENT, name="eventCategory")
    region: Raw = msgspec.field(default=ABSENT, name="awsRegion")
    read_only: Raw = msgspec.field(default=ABSENT, name="readOnly")
    management: Raw = msgspec.field(default=ABSENT, name="managementEvent")
    tls: Raw = msgspec.field(default=ABSENT, name="tlsDetails")


class _Extra(Struct, forbid_unknown_fields=True, gc=False):
    """``additionalEventData`` of calls that say nothing about who acts."""

    signature: Raw = msgspec.field(default=ABSENT, name="SignatureVersion")
    cipher: Raw = msgspec.field(default=ABSENT, name="CipherSuite")
    bytes_in: Raw = msgspec.field(default=ABSENT, name="bytesTransferredIn")
    bytes_out: Raw = msgspec.field(default=ABSENT, name="bytesTransferredOut")
    method: Raw = msgspec.field(default=ABSENT, name="AuthenticationMethod")
    request: Raw = msgspec.field(default=ABSENT, name="x-amz-id-2")
    encryption: Raw = msgspec.field(default=ABSENT, name="SSEApplied")


# CloudTrail user guide, "record contents": read by nobody.
_PASSED = (
    "resources", "sharedEventID", "apiVersion", "addendum", "sessionCredentialFromConsole", "edgeDeviceDetails", "eventContext",
)  # fmt: skip
_PASSED_OF_ENVELOPE = ("version", "id", "time", "region", "resources", "replay-name")
_MATTERS = folded(
    *_Record.__struct_encode_fields__, "requestParameters", "responseElements", "serviceEventDetails", "tlsDetails", "insightDetails",
    "detail", "detail-type", "source", "account", "eventVersion", "eventType", "eventCategory", "awsRegion", "requestID", "readOnly",
    "managementEvent", "digestS3Bucket", "digestStartTime", "s3Bucket", "s3ObjectKey", "EventId", "Username",
)  # fmt: skip
_EXTRA = msgspec.json.Decoder(_Extra | None)
_NOBODY = _Identity()


def _bare(names: Iterable[str], strict: bool) -> type[Struct]:  # noqa: FBT001 - as Probe.layout
    return extended(_Record, (*_PASSED, *names), strict)


def _envelope(names: Iterable[str], strict: bool) -> type[Struct]:  # noqa: FBT001
    fields: list[tuple[str, Any, Any]] = [
        ("source", str, msgspec.field()),
        ("detail_type", str, msgspec.field(name="detail-type")),
        ("detail", _bare(names, strict), msgspec.field()),
        ("account", Raw, msgspec.field(default=ABSENT)),
    ]
    base = msgspec.defstruct("Envelope", fields, kw_only=True, gc=False)
    return extended(base, _PASSED_OF_ENVELOPE, strict)


def _ask_envelope(envelope: Any) -> Answer:  # noqa: ANN401 - the layout is made at run time
    delivered = (envelope.source, envelope.detail_type, envelope.account)
    return _question(envelope, envelope.detail, _decides(envelope.detail), delivered, _TWINS_DELIVERED)


def _ask(record: _Record) -> Answer:
    return _question(record, record, _decides(record), (), _TWINS)


def _question(whole: object, record: _Record, decides: tuple[object, ...] | None, delivered: tuple[object, ...], twins: Twins) -> Answer:
    time = exact(record.event_time)
    if time is None or not plain_id(record.event_id):
        return None
    return Question(key_of((*delivered, *decides)) if decides is not None else b"", time, f"aws|{record.event_id}", whole, twins)


def _decides(record: _Record) -> tuple[object, ...] | None:
    """What decides about the record and what it teaches; None if the whole of it does."""
    who, service = record.user_identity or _NOBODY, _service(record.event_source)
    if service is None or _is_read_of_everybody(service, record.event_name):
        return None
    long_term, instance = _caller(who.type, who.accessKeyId, who.principalId)
    if long_term:
        if who.type != "IAMUser" or not _says_nothing(record.extra) or not _are_objects(record):
            return None
        return _teaching(record, who)
    if instance:
        if not event_names.is_agent_call(f"{service}:{record.event_name}") or not _are_objects(record):
            return None
        return (*_teaching(record, msgspec.structs.replace(who, accessKeyId=None)), record.extra)
    return record.event_source, record.event_name


def _apart(record: _Record, delivered: tuple[object, ...] = ()) -> tuple[bytes, tuple[Any, ...]]:
    own = own_id(record.request_id)
    request_id = record.request_id if own is None else ABSENT
    return key_of((*delivered, own is None, request_id, record.user_identity or None, *_SAME(record))), (own,)


_SAME = attrgetter(*sorted({*_Record.__struct_fields__} - {"event_time", "event_id", "request_id", "user_identity"}))


def _apart_delivered(envelope: Any) -> tuple[bytes, tuple[Any, ...]]:  # noqa: ANN401
    return _apart(envelope.detail, (envelope.source, envelope.detail_type, envelope.account))


def _renewed(event: Event, question: Question, own: tuple[Any, ...]) -> Event:
    changes = {"event_id": question.vendor_id.partition("|")[2]}
    if own[0] is not None:
        changes["request_id"] = own[0]
    detail = structs.replace(event.detail, **changes)  # type: ignore[type-var] # every member of the union is a struct
    return structs.replace(event, vendor_id=question.vendor_id, time=question.time, detail=detail)


_TWINS, _TWINS_DELIVERED = Twins(b"aws", _apart, _renewed), Twins(b"aws-delivered", _apart_delivered, _renewed)


def _parsed(data: Mapping[str, Any], delivered: Sequence[tuple[str, object]] = (), twins: Twins = _TWINS) -> Parsed | None:
    written, at = own_text(data.get("eventID")), data.get("eventTime")
    time = exact(at) if written is not None and type(at) is str else None
    if written is None or time is None:
        return None
    own = own_text(data.get("requestID"))
    left_out = _LEFT_OUT if own is None else _LEFT_OUT_WITH_ID
    rest = [*delivered, *(pair for pair in data.items() if pair[0] not in left_out)]
    return Question(b"", time, f"aws|{written}", None, twins), rest, (own,)


_LEFT_OUT = frozenset({"eventID", "eventTime", *_PASSED})
_LEFT_OUT_WITH_ID = _LEFT_OUT | {"requestID"}


def _parsed_envelope(envelope: Mapping[str, Any]) -> Parsed | None:
    detail = envelope.get("detail")
    if type(detail) is not dict or "detail-type" not in envelope:
        return None
    delivered = [pair for pair in envelope.items() if pair[0] != "detail" and pair[0] not in _PASSED_OF_ENVELOPE]
    return _parsed(detail, [*delivered, ("detail", None)], _TWINS_DELIVERED)


def _teaching(record: _Record, who: _Identity) -> tuple[object, ...]:
    """Everything that decides what a call teaches; which call it is does not."""
    return (
        _service(record.event_source), record.address, record.user_agent, record.error_code, record.error_message, record.account,
        record.endpoint, who,
    )  # fmt: skip


@lru_cache(maxsize=2_048)
def _caller(kind: _Text, access_key: _Text, principal: _Text) -> tuple[bool, bool]:
    """Whether a call is a use of a long-term key, and whether it is one of an instance."""
    key = scalar(access_key) if isinstance(access_key, str) else None
    session = (scalar(principal) or "").partition(":")[2] if isinstance(principal, str) else ""
    return identity.is_long_term_key(key), identity.is_instance(session) and word(kind) == "assumedrole"


@lru_cache(maxsize=4_096)
def _service(event_source: str) -> str | None:
    return service_of(word(event_source))


@lru_cache(maxsize=16_384)
def _is_read_of_everybody(service: str, name: str) -> bool:
    """Whether rules read this call whoever makes it, or its name is no plain one."""
    return service == "signin" or not (name.isascii() and name.isalnum()) or event_names.call_name(service, name) is not None


def _are_objects(record: _Record) -> bool:
    """Whether what a call asks for and answers is readable: an object, or nothing."""
    return (
        bytes(record.request)[:1] in _OBJECT_OR_NOTHING
        and bytes(record.response)[:1] in _OBJECT_OR_NOTHING
        and bytes(record.service)[:1] in _OBJECT_OR_NOTHING
    )


_OBJECT_OR_NOTHING = frozenset({b"{", b"n", b""})


def _says_nothing(extra: Raw) -> bool:
    written = bytes(extra)
    try:
        _EXTRA.decode(written or b"null")
    except msgspec.DecodeError:
        return False
    return True


PROBES = (
    Probe(
        name="CloudTrail in an EventBridge envelope",
        layout=_envelope,
        ask=_ask_envelope,
        parsed=_parsed_envelope,
        path="$.detail",
        matters=_MATTERS,
    ),
    Probe(name="CloudTrail record", layout=_bare, ask=_ask, parsed=_parsed, matters=_MATTERS),
)
