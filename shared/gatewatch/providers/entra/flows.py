"""How a sign-in was made: device code, password alone, or by a workload. Rules, modifiers and the keeping of records share these tests."""

from functools import lru_cache

from ...model import Activity, Event, Fact, Outcome
from ..rule import Trigger
from .detail import EntraSignIn, sign_in_of
from .vocabulary import (
    DEVICE_CODE_PROTOCOL,
    DEVICE_CODE_TRANSFER,
    PASSWORD_CLIENTS,
    PASSWORD_PROTOCOLS,
    PASSWORD_USER_AGENT,
)

_WORKLOADS = frozenset({"serviceprincipal", "managedidentity"})
_NO_TOKEN = frozenset({"none"})
_DEVICE_CODE, _PASSWORD = "device code", "password alone"


ON_SUCCESS = (Trigger(EntraSignIn, outcome=Outcome.SUCCESS),)
"""The triggers of rules on ``successful`` sign-ins."""

ON_FIRST_SUCCESS = (Trigger(EntraSignIn, outcome=Outcome.SUCCESS, first=True),)
"""The same where something of the sign-in is first."""


def successful(activity: Activity) -> EntraSignIn | None:
    """The detail of a sign-in that succeeded and was received, otherwise None."""
    sign_in = sign_in_of(activity.event)
    return sign_in if sign_in is not None and not sign_in.synthetic and activity.event.outcome is Outcome.SUCCESS else None


def is_workload(sign_in: EntraSignIn) -> bool:
    """Whether a service principal or a managed identity signed in."""
    return sign_in.stream in _WORKLOADS


def is_device_code(sign_in: EntraSignIn) -> bool:
    """Whether this record may be the redemption of a device code.

    Most redemptions are non-interactive records without a protocol, which only ``originalTransferMethod`` names. That mark stays on
    every later record of the session; those that name the token they came with are no redemption.
    """
    if sign_in.protocol == DEVICE_CODE_PROTOCOL:
        return True
    return sign_in.transfer_method == DEVICE_CODE_TRANSFER and (sign_in.incoming_token or "none") in _NO_TOKEN


def redeems_a_device_code(event: Event) -> bool:
    """Whether this event may be the redemption of a device code, which is a habit of who works on machines without a browser."""
    sign_in = sign_in_of(event)
    return sign_in is not None and is_device_code(sign_in)


def is_password_grant(event: Event, sign_in: EntraSignIn) -> bool:
    """Whether a password alone was sent in a flow that can ask for no second factor: ROPC, or a legacy client."""
    if sign_in.protocol in PASSWORD_PROTOCOLS or alphanumeric(sign_in.client_app) in PASSWORD_CLIENTS:
        return True
    return event.user_agent is not None and _sends_passwords(event.user_agent)


@lru_cache(maxsize=4_096)
def _sends_passwords(user_agent: str) -> bool:
    return PASSWORD_USER_AGENT in user_agent.casefold()


def flow(event: Event, sign_in: EntraSignIn) -> str | None:
    """The flow as a feature of familiarity; None for the ordinary flows of browsers and programs."""
    if is_device_code(sign_in):
        return _DEVICE_CODE
    return _PASSWORD if is_password_grant(event, sign_in) else None


def has_original_address(sign_in: EntraSignIn) -> bool:
    """Whether the record may carry the address of an earlier sign-in instead of its own.

    A non-interactive sign-in of a confidential client "shows the original IP used for the original token issuance"
    (entra-docs concept-noninteractive-sign-ins). A workload by itself shows its own.
    """
    return sign_in.interactive is Fact.ABSENT and (sign_in.credential_type or "none") != "none" and not is_workload(sign_in)


@lru_cache(maxsize=1_024)
def alphanumeric(text: str | None) -> str:
    """The letters and digits of a text, lower case: spellings of one name differ in blanks and hyphens."""
    return "".join(c for c in (text or "").casefold() if c.isalnum())
