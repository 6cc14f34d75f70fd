"""Turns CloudTrail records, bare or in an EventBridge envelope, into events.

Sources: CloudTrail user guide, "console sign-in events"; IAM Identity Center user guide, "CloudTrail use cases". EventBridge delivers them as
``AWS Console Sign In via CloudTrail`` (its guide also spells ``AWS Console Signin via CloudTrail``), ``AWS API Call via CloudTrail`` and
``AWS Service Event via CloudTrail``. ``eventType`` is never used to decide.
"""

from ...errors import SourceError
from ...model import Event, Fact, Outcome, Place
from ...reading.address import ip_of
from ...reading.canonical import digest
from ...reading.fields import USER_AGENT_LIMIT_CHARS, Fields, Notes, fact, mapping, scalar, word
from ...reading.lost import is_lost_object
from ...reading.user_agent import client_of
from . import anomaly, cloudtrail_detail, cloudtrail_identity, event_names, identity, unreadable
from .services import DELIVERED_AS, service_of

_SIGN_IN, _STS = "signin", "sts"
_OF_RECORDS = ("eventSource", "eventVersion", "eventID", "eventTime", "eventType", "serviceEventDetails")  # what every record has some of


def from_envelope(envelope: Fields, tenant: None = None) -> Event | str:  # noqa: ARG001 - one signature for every source
    """The event in an EventBridge envelope, or the reason why it is deliberately ignored.

    Raises:
        SourceError: the source is none that is read, the record is of another service than the source delivers, or it has no name.
    """
    delivered = DELIVERED_AS.get(word(envelope.get("source")) or "")
    if delivered is None:
        raise SourceError("eventbridge_source_not_read")
    if anomaly.is_anomaly(envelope):
        return anomaly.from_envelope(envelope)
    detail = mapping(envelope.get("detail"))
    if not detail:
        raise SourceError("eventbridge_detail_missing")
    record = Fields(detail)
    written = word(record.get("eventSource"))
    service = service_of(written) if written is not None else _SIGN_IN
    if service != delivered:
        raise SourceError("eventbridge_source_mismatch")
    if word(record.get("eventName")) is None and not record.has("userIdentity"):
        if (word(envelope.get("detail-type")) or "").endswith("via cloudtrail") and not record.has(*_OF_RECORDS):
            raise SourceError("eventbridge_detail_unreadable")
        return "eventbridge_detail_type_not_handled"
    return _ignored(service, record) or _event(service, record, envelope)


def from_record(record: Fields, tenant: None = None) -> Event | str:  # noqa: ARG001 - one signature for every source
    """The event in a bare CloudTrail record, or the reason why it is deliberately ignored.

    Raises:
        SourceError: the record has no event name, its source is none of AWS's (other clouds copied the form of these records), or its
            ``userIdentity`` cannot be read although it decides.
    """
    written = word(record.get("eventSource"))
    service = service_of(written)
    if service is None:  # the source is missing, or it is no name of AWS
        name = word(record.get("eventName"))
        if name is None:
            raise SourceError("event_name_missing")
        if name in event_names.SIGN_IN_EVENTS:
            return _event(_SIGN_IN, record, None)
        if written is not None:
            raise SourceError("event_source_not_of_aws")
        return "cloudtrail_not_a_sign_in"
    return _ignored(service, record) or _event(service, record, None)


def _ignored(service: str | None, record: Fields) -> str | None:
    """The reason why no rule can read this record, or None. Decided from few fields, because most records of a bucket end here."""
    if service == _SIGN_IN:
        return None
    if service is not None:
        name = scalar(record.get("eventName"))
        if name is None:
            raise SourceError("event_name_missing")
        if is_lost_object(record.get("userIdentity")):
            raise SourceError("unreadable_user_identity")  # who made the call decides whether a rule reads it
        key, instance = cloudtrail_identity.caller(record)
        if event_names.is_read(service, name, key, instance=instance):
            return None
    return "sts_helper_not_a_sign_in" if service == _STS else "cloudtrail_not_a_sign_in"


def _event(service: str, record: Fields, envelope: Fields | None) -> Event:
    notes = Notes()
    written = notes.text(record.get("eventName"), "event_name")
    if written is None:
        raise SourceError("event_name_missing")
    name = event_names.canonical(service, written)
    address = notes.text(record.get("sourceIPAddress"), "source_address")
    ip = ip_of(address) if address else None
    account = cloudtrail_identity.account_of(record, envelope)
    who, found = cloudtrail_identity.read(record, account, ip or address, notes)
    if identity.is_identity_center_by_name(found.role):
        notes.doubt("identity_center_by_name")
    event_id = notes.text(record.get("eventID"), "event_id")
    user_agent = notes.text(record.get("userAgent"), "user_agent", USER_AGENT_LIMIT_CHARS)
    outcome = _outcome(service, name, record, notes)
    unreadable.flag(record, _answer(name, record) if service == _SIGN_IN else None, notes)
    time = notes.moment(record.get("eventTime"))
    aws = cloudtrail_detail.details(name, event_id, record, found, notes)
    return Event(
        vendor_id=f"aws|{event_id or digest(record.data)}",
        time=time,
        action=name,
        outcome=outcome,
        subject=who.subject,
        account=account,
        principal=who.principal,
        person=who.person,
        names=who.names,
        user_name=who.user_name,
        place=Place(address=address, ip=ip),
        user_agent=user_agent,
        client=client_of(user_agent),
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=aws,
    )


def _outcome(service: str, name: str, record: Fields, notes: Notes) -> Outcome:
    """The outcome of a sign-in is written in the record; an API call succeeded if it has no error."""
    refused = record.first("errorCode", "errorMessage") is not None
    if service != _SIGN_IN:
        pending = name == "CreateToken" and scalar(record.object("responseElements").get("accessToken")) is None
        return Outcome.FAILURE if refused or pending else Outcome.SUCCESS
    result = _sign_in_result(name, record)
    if result == "success":
        return Outcome.SUCCESS
    if result == "failure" or refused:
        return Outcome.FAILURE
    notes.doubt("unknown_outcome")
    if record.object("responseElements").data and not event_names.is_oauth(name):  # an answer, and not to this event
        notes.unreadable("response_elements")
    return Outcome.UNKNOWN


def _sign_in_result(name: str, record: Fields) -> str | None:
    """Success only if ``responseElements.<eventName>`` says so; OAuth events have it in ``additionalEventData.success``."""
    if event_names.is_oauth(name):
        said = fact(record.object("additionalEventData").get("success"))
        return {Fact.PRESENT: "success", Fact.ABSENT: "failure"}.get(said)
    return word(_answer(name, record))


def _answer(name: str, record: Fields) -> object:
    """What a record says of the result of its sign-in, as written; None if it says nothing."""
    return record.object("responseElements").get(name) or record.object("serviceEventDetails").get(name)
