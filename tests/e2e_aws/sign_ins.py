"""Sign-ins of every kind: what people hear of them, and what they do not."""

import time
from typing import Any
from uuid import uuid4

from gatewatch.providers.aws import raw_samples
from tests.builders.aws import SAML_PROVIDER, federated_record, root_record, user_record
from tests.builders.common import sample
from tests.e2e_aws.installation import FailedError, Installation

BURST = 500


def account() -> str:
    """Nobody else's alerts."""
    return str(uuid4().int)[:12]


def with_mfa(said: object) -> dict[str, Any]:
    """An IAM user's sign-in; ``MFAUsed`` as said, absent for None."""
    additional = {"MobileVersion": "No"} if said is None else {"MFAUsed": said, "MobileVersion": "No"}
    return user_record(f"user-{uuid4().hex[:6]}", account(), additionalEventData=additional)


def expect(found: object, wanted: object) -> None:
    """Raise ``FailedError`` where they differ."""
    if found != wanted:
        raise FailedError(f"expected {wanted}, found {found}")


def a_sign_in(here: Installation) -> str:
    began, record = time.monotonic(), with_mfa("No")
    here.emit(record)
    (subject,) = here.told(1)
    took = time.monotonic() - began
    here.idle()
    (alert,) = here.alerts(record["recipientAccountId"])
    expect((subject[:9], alert.score, alert.pending), ("MEDIUM 40", 40, ()))
    expect((record["recipientAccountId"], record["awsRegion"]) in here.seen(), wanted=True)
    return f"told after {took:.1f} s, {subject[:9]}"


def yes_and_capital_yes(here: Installation) -> str:
    here.emit(with_mfa("Yes"), with_mfa("YES"))
    here.idle()
    here.told(0, 0)
    return "2 sign-ins, 0 messages"


def mfa_absent(here: Installation) -> str:
    here.emit(with_mfa(None))
    return here.told(1)[0][:9]


def root(here: Installation) -> str:
    here.emit(root_record(account()))
    (subject,) = here.told(1)
    expect(subject[:11], "CRITICAL 87")
    return subject[:11]


def saml(here: Installation) -> str:
    person = f"{uuid4().hex[:6]}@example.com"
    here.emit(federated_record(person))
    here.idle()
    here.told(0, 0)
    return f"{SAML_PROVIDER.rpartition('/')[2]} answers for the factor: 0 messages"


def portal_record(factors: str) -> dict[str, Any]:
    """A sign-in at Identity Center's portal, now."""
    fresh = user_record("x")
    found = dict(sample(raw_samples.samples(), "a portal sign-in"))
    person = {**found["userIdentity"], "onBehalfOf": {**found["userIdentity"]["onBehalfOf"], "userId": str(uuid4())}}
    additional = {**found["additionalEventData"], "CredentialType": factors, "AuthWorkflowID": str(uuid4())}
    return found | {"eventID": fresh["eventID"], "eventTime": fresh["eventTime"], "userIdentity": person, "additionalEventData": additional}


def identity_center(here: Installation) -> str:
    here.emit(portal_record("PASSWORD,TOTP"))
    here.idle()
    here.told(0, 0)
    here.emit(portal_record("PASSWORD"))
    (subject,) = here.told(1)
    return f"two factors: 0 messages, one: {' '.join(subject.split()[:2])}"


def a_duplicate(here: Installation) -> str:
    record = with_mfa("No")
    here.emit(record, record)
    here.told(1)
    here.emit(record)
    here.idle()
    here.told(0, 0)
    return "3 deliveries, 1 message"


def a_burst(here: Installation) -> str:
    began, owner = time.monotonic(), account()
    here.emit(*(user_record(f"burst-{number}", owner) for number in range(BURST)))
    here.told(BURST, 240)
    took = time.monotonic() - began
    expect(len(here.alerts(owner)), BURST)
    return f"{BURST} alerts told and stored in {took:.0f} s, {BURST / took:.0f} a second"
