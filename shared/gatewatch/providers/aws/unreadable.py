"""Flags what is present in a CloudTrail record and cannot be read: an object that an export turned into other text, an answer of no known kind.

A missing part is not flagged here: it is unknown. The flags are ``Notes.unreadable``: a replay of files refuses the record unless a rule
matches it all the same, and live it is recorded.
"""

from ...model import Fact
from ...reading.fields import Fields, Notes, fact, scalar, word
from ...reading.lost import is_lost_object, says_nothing
from .services import service_of

_DECIDING = {
    "userIdentity": "user_identity",
    "responseElements": "response_elements",
    "additionalEventData": "additional_event_data",
    "requestParameters": "request_parameters",
    "serviceEventDetails": "service_event_details",
}
_IDENTITY = (
    "type", "arn", "principalId", "accountId", "userName", "accessKeyId", "invokedBy", "onBehalfOf", "credentialId", "sessionContext",
    "identityProvider", "webIdFederationData",
)  # fmt: skip
"""What CloudTrail writes of an identity. An object without any of these is around it, or is what an export made of it."""


def flag(record: Fields, answer: object, notes: Notes) -> None:
    """Flag the objects, the kind of identity, the answer of a sign-in and the word for MFA.

    ``answer`` is what the record says of the sign-in's result, None if it says nothing or is no sign-in.
    """
    for name, flagged in _DECIDING.items():
        if is_lost_object(record.get(name)):
            notes.unreadable(flagged)
    source = record.get("eventSource")
    if source not in (None, "") and service_of(word(source)) is None:
        notes.unreadable("event_source")
    identity = record.object("userIdentity")
    if identity.data and not identity.has(*_IDENTITY):
        notes.unreadable("user_identity")
    kind = identity.get("type")
    if kind not in (None, "") and scalar(kind) is None:
        notes.unreadable("user_identity")
    if answer not in (None, "") and (scalar(answer) or "").casefold() not in {"success", "failure"}:
        notes.unreadable("response_elements")
    used = record.object("additionalEventData").get("MFAUsed")
    if used not in (None, "", [], {}) and fact(used) is Fact.UNKNOWN and not says_nothing(scalar(used) or "x"):
        notes.unreadable("mfa_used")
