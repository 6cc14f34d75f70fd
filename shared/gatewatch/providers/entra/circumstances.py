"""Modifiers of Entra activities that do not depend on the rule. Points: the specification's table of modifiers."""

from collections.abc import Iterator
from functools import lru_cache

from ...model import Activity, Event, Fact
from ...tuning import Tuning
from ..rule import Modifier
from .detail import EntraSignIn, sign_in_of
from .facts import MEDIUM, EntraFacts, entra_facts
from .flows import alphanumeric, is_device_code
from .vocabulary import CLOUD_CLI_APPS, PASSWORD_USER_AGENT

CLOUD_CLI_NAME = "cloud CLI application"
PHISHABLE_FLOW_NAME = "device code or ROPC"
CLOUD_CLI_APP = Modifier(CLOUD_CLI_NAME, 10, "The sign-in was made for a cloud command line.")
DEVICE_CODE_OR_ROPC = Modifier(PHISHABLE_FLOW_NAME, 10, "The sign-in used a flow that can be phished or replayed without a browser.")
NON_INTERACTIVE = Modifier("non-interactive and risky", 5, "A token was used at risk, without a person at a prompt.")
SEVERAL_RISK_TYPES = Modifier("two or more risk types", 5, "Entra ID reports two or more types of risk.")
COMPLIANT_DEVICE = Modifier("compliant joined device", -20, "The device is compliant and joined to the organisation.")

_JOINED = frozenset({"azureadjoined", "entrajoined", "microsoftentrajoined", "entraidjoined", "azuread", "serverad"})
_PHISHABLE_FLOWS = frozenset({"devicecode", "devicecodeflow", "ropc", "resourceownerpasswordcredentials", "directusergrant"})


def circumstances(activity: Activity, _tuning: Tuning) -> Iterator[Modifier]:
    """Every modifier whose fact is known to be true."""
    facts = entra_facts(activity)
    if facts is None:
        return
    sign_in = sign_in_of(activity.event)
    if sign_in is not None:
        if (sign_in.app_id or "").casefold() in CLOUD_CLI_APPS:
            yield CLOUD_CLI_APP
        if _is_phishable_flow(activity.event, sign_in):
            yield DEVICE_CODE_OR_ROPC
        if sign_in.interactive is Fact.ABSENT and _is_risky(facts):
            yield NON_INTERACTIVE
    if len(facts.types) > 1:
        yield SEVERAL_RISK_TYPES
    if sign_in is not None and sign_in.device.compliant is Fact.PRESENT and is_joined(sign_in.device.trust_type):
        yield COMPLIANT_DEVICE


def _is_risky(facts: EntraFacts) -> bool:
    return facts.level >= MEDIUM or facts.anonymized or facts.confirmed


def _is_phishable_flow(event: Event, sign_in: EntraSignIn) -> bool:
    if _is_named_phishable(sign_in.protocol, sign_in.client_app) or PASSWORD_USER_AGENT in (event.user_agent or "").casefold():
        return True
    return is_device_code(sign_in)


@lru_cache(maxsize=1_024)
def _is_named_phishable(*names: str | None) -> bool:
    return not _PHISHABLE_FLOWS.isdisjoint(map(alphanumeric, names))


def is_joined(trust_type: str | None) -> bool:
    """Whether the device is Entra joined or hybrid joined. A registered (workplace) device may be any private phone."""
    return alphanumeric(trust_type).replace("hybrid", "") in _JOINED
