"""System Log records as events."""

from ...model import Event, Outcome, Place
from ...reading.address import ip_of
from ...reading.fields import Fields, Notes, word
from ...reading.times import moment
from ...reading.user_agent import client_of
from ..identity import person_key, unknown_principal
from ..provider import Decode
from .detail import OktaSignIn

NOT_A_SIGN_IN = "okta_not_a_sign_in"


def recognise(record: Fields) -> Decode | str | None:
    """A System Log event has a uuid, an eventType and a published time; only session starts are read."""
    if not (record.has("uuid") and record.has("eventType") and record.has("published")):
        return None
    return read if word(record.get("eventType")) == "user.session.start" else NOT_A_SIGN_IN


def read(record: Fields, tenant: str | None) -> Event:
    """The event of one session start."""
    notes = Notes()
    actor, client = record.object("actor"), record.object("client")
    address = notes.text(client.get("ipAddress"), "source_address")
    name, uuid = notes.text(actor.get("alternateId"), "user_name"), notes.text(record.get("uuid"), "id")
    said = word(record.object("outcome").get("result"))
    unknown = unknown_principal(address, notes) if name is None else None
    user_agent = notes.text(client.object("userAgent").get("rawUserAgent"), "user_agent")
    return Event(
        vendor_id=f"okta|{uuid}",
        time=moment(record.get("published")),
        action="user.session.start",
        outcome={"success": Outcome.SUCCESS, "failure": Outcome.FAILURE}.get(said or "", Outcome.UNKNOWN),
        subject="okta_user",
        account=tenant or notes.text(record.get("org"), "account"),
        principal=(name or "").casefold() or (unknown.principal if unknown is not None else ""),
        person=person_key(name),
        names=(name,) if name else (),
        user_name=name,
        place=Place(address=address, ip=ip_of(address) if address else None),
        user_agent=user_agent,
        client=client_of(user_agent),
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=OktaSignIn(uuid=uuid, risk=word(record.object("debugContext").get("risk"))),
    )
