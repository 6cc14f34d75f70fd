"""Circumstances that raise or lower a score, whatever rule fired. Points and sources: the specification's table of modifiers."""

import unicodedata
from collections.abc import Iterator

from ..model import Activity, Event, Fact
from ..providers.entra.facts import MEDIUM, EntraFacts, entra_facts
from ..providers.entra.vocabulary import CLOUD_CLI_APPS
from ..providers.phrases import identifiers
from ..providers.rule import Modifier
from ..tuning import Tuning

PRIVILEGED = Modifier("privileged principal", 15, "The principal is on the privileged list.")
NEW_COUNTRY = Modifier("new country", 10, "The principal was never seen in this country before.")
NEW_ASN_OR_CLIENT = Modifier("new ASN or client", 5, "The principal was never seen on this network or with this client before.")
CLOUD_CLI_APP = Modifier("cloud CLI application", 10, "The sign-in was made for a cloud command line.")
DEVICE_CODE_OR_ROPC = Modifier("device code or ROPC", 10, "The sign-in used a flow that can be phished or replayed without a browser.")
NON_INTERACTIVE = Modifier("non-interactive and risky", 5, "A token was used at risk, with nobody at a prompt.")
SEVERAL_RISK_TYPES = Modifier("two or more risk types", 5, "Entra ID names two or more kinds of risk.")
MIXED_SCRIPT = Modifier("mixed-script identity", 10, "The name mixes Latin letters with look-alikes of another script.")
OBFUSCATED = Modifier("obfuscated command line", 10, "The command line hides what it runs.")
KNOWN_NETWORK = Modifier("known network", -10, "The address belongs to a known network.")
COMPLIANT_DEVICE = Modifier("compliant joined device", -20, "The device is compliant and joined to the organisation.")

_JOINED = frozenset({"azureadjoined", "entrajoined", "microsoftentrajoined", "entraidjoined", "azuread", "serverad"})
_LOOK_ALIKE_SCRIPTS = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_PHISHABLE_FLOWS = frozenset({"devicecode", "devicecodeflow", "ropc", "resourceownerpasswordcredentials"})
_ROPC_USER_AGENT = "bav2ropc"  # what Entra writes where a legacy client handed over a password


def circumstances(activity: Activity, tuning: Tuning) -> tuple[Modifier, ...]:
    """Every modifier whose fact is there; unknown facts give none."""
    return (*_of_principal(activity, tuning), *_of_entra(activity), *_of_process(activity.event), *_lowering(activity.event, tuning))


def _of_principal(activity: Activity, tuning: Tuning) -> Iterator[Modifier]:
    if tuning.is_privileged(identifiers(activity.event)):
        yield PRIVILEGED
    if activity.facts.new_country:
        yield NEW_COUNTRY
    if activity.facts.new_asn or activity.facts.new_client:
        yield NEW_ASN_OR_CLIENT
    if is_mixed_script(activity.event):
        yield MIXED_SCRIPT


def _of_entra(activity: Activity) -> Iterator[Modifier]:
    facts = entra_facts(activity)
    if facts is None:
        return
    sign_in = activity.event.entra
    if sign_in is not None:
        if (sign_in.app_id or "").casefold() in CLOUD_CLI_APPS:
            yield CLOUD_CLI_APP
        if _is_phishable_flow(activity.event):
            yield DEVICE_CODE_OR_ROPC
        if sign_in.interactive is Fact.ABSENT and _is_risky(facts):
            yield NON_INTERACTIVE
    if len(facts.types) > 1:
        yield SEVERAL_RISK_TYPES


def _of_process(event: Event) -> Iterator[Modifier]:
    if event.process is not None and event.process.obfuscated:
        yield OBFUSCATED


def _lowering(event: Event, tuning: Tuning) -> Iterator[Modifier]:
    if event.place.ip in tuning.networks:
        yield KNOWN_NETWORK
    if event.entra is not None and event.entra.device.compliant is Fact.PRESENT and _is_joined(event.entra.device.trust_type):
        yield COMPLIANT_DEVICE


def _is_risky(facts: EntraFacts) -> bool:
    return facts.level >= MEDIUM or facts.anonymized or facts.confirmed


def _is_phishable_flow(event: Event) -> bool:
    sign_in = event.entra
    said = (sign_in.protocol, sign_in.client_app) if sign_in is not None else ()
    flows = {_letters(name) for name in said if name}
    return not flows.isdisjoint(_PHISHABLE_FLOWS) or _ROPC_USER_AGENT in (event.user_agent or "").casefold()


def _is_joined(trust_type: str | None) -> bool:
    """Entra joined or hybrid joined; a registered (workplace) device is anybody's phone."""
    return _letters(trust_type or "").replace("hybrid", "") in _JOINED


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def is_mixed_script(event: Event) -> bool:
    """Latin beside Cyrillic, Greek, Armenian or Cherokee letters inside one label of the identity's name."""
    sign_in = event.entra
    names = {event.user_name, event.person, sign_in.upn if sign_in is not None else None, *event.names}
    return any(_has_mixed_label(name) for name in names if name and not name.isascii())


def _has_mixed_label(name: str) -> bool:
    scripts: set[str] = set()
    for char in name:
        kind = unicodedata.category(char)
        if kind.startswith("L"):
            scripts.add(_script(char))
        elif not kind.startswith(("M", "N", "Cf")):  # marks, digits and invisible characters do not end a label
            scripts.clear()
        if "LATIN" in scripts and not scripts.isdisjoint(_LOOK_ALIKE_SCRIPTS):
            return True
    return False


def _script(char: str) -> str:
    """The first word of the character's Unicode name; full-width Latin letters are Latin."""
    return unicodedata.name(char, "").removeprefix("FULLWIDTH ").partition(" ")[0]
