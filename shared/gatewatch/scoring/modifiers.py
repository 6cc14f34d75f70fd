"""Modifiers that do not depend on the rule: facts that raise or lower every score. Points: the specification's table of modifiers."""

import unicodedata
from collections.abc import Iterator

from ..model import Activity, Event
from ..providers import rule
from ..providers.catalogue import provider_of
from ..providers.phrases import identifiers
from ..providers.rule import Modifier
from ..tuning import Tuning

PRIVILEGED = Modifier("privileged principal", 15, "The principal is on the list of privileged principals.")
NEW_COUNTRY = Modifier(rule.NEW_COUNTRY, 10, "The principal has not been seen in this country before.")
NEW_ASN_OR_CLIENT = Modifier(rule.NEW_NETWORK_OR_CLIENT, 5, "The principal has not been seen on this network or with this client before.")
MIXED_SCRIPT = Modifier("mixed-script identity", 10, "The name mixes Latin letters with look-alikes of another script.")
KNOWN_NETWORK = Modifier("known network", -10, "The address belongs to a known network.")

_NETWORK_OR_CLIENT = frozenset({"network", "client"})
_LOOK_ALIKE_SCRIPTS = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def circumstances(activity: Activity, tuning: Tuning) -> tuple[Modifier, ...]:
    """Every modifier whose fact is known to be true; modifiers that raise the score come first."""
    found = (*_of_principal(activity, tuning), *provider_of(activity.event).circumstances(activity, tuning))
    return tuple(sorted(found, key=_lowers)) if found else ()


def _lowers(modifier: Modifier) -> bool:
    return modifier.points <= 0


def _of_principal(activity: Activity, tuning: Tuning) -> Iterator[Modifier]:
    if tuning.is_privileged(identifiers(activity.event)):
        yield PRIVILEGED
    if "country" in activity.firsts:
        yield NEW_COUNTRY
    if not _NETWORK_OR_CLIENT.isdisjoint(activity.firsts):
        yield NEW_ASN_OR_CLIENT
    if is_mixed_script(activity.event):
        yield MIXED_SCRIPT
    if activity.event.place.ip in tuning.networks:
        yield KNOWN_NETWORK


def is_mixed_script(event: Event) -> bool:
    """Whether one label of the identity's name mixes Latin with Cyrillic, Greek, Armenian or Cherokee letters."""
    return any(map(_has_mixed_label, {name for name in (event.user_name, event.person, *event.names) if name and not name.isascii()}))


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
    """The first word of the character's Unicode name, which is its script. Full-width Latin letters are Latin."""
    return unicodedata.name(char, "").removeprefix("FULLWIDTH ").partition(" ")[0]
