"""Who, where, what and how of one event, in a responder's words. Values are raw here; ``words`` makes them visible."""

from ..model import Activity, Alert, Event
from ..model.text import visible
from ..providers.catalogue import BY_ID, provider_of
from .moments import when

_AGENT, _NAME = 120, 120


def name(event: Event) -> str:
    """The name people know."""
    return provider_of(event).text.name(event)


def who(alert: Alert) -> str:
    """Name, kind, ARN or object id, display name in quotes, and what makes this person special."""
    event = alert.lead.event
    text = provider_of(event).text
    parts = [visible(name(event), _NAME), text.role(event), visible(text.identity(event) or "", _NAME)]
    if event.display_name and event.display_name != name(event):
        parts.append(f'display name "{visible(event.display_name, 60)}"')
    return ", ".join(part for part in [*parts, *tags(alert)] if part)


def tags(alert: Alert) -> list[str]:
    """What makes this person special: PRIVILEGED, as the score's own lines say, and the tags of the rules."""
    names = [component.name.casefold() for component in alert.snapshot.components]
    found = ["PRIVILEGED"] if any("privileged" in text for text in names) else []
    rules = (BY_ID[rule_id] for rule_id in alert.snapshot.rules if rule_id in BY_ID)
    return [*found, *(rule.metadata.tag for rule in rules if rule.metadata.tag)]


def where(event: Event) -> str:
    """Address, place and network, as far as they are known; nothing where the place of an event is its host."""
    place = event.place
    if place.address is None and not provider_of(event).text.has_address:
        return ""
    network = f"AS{place.asn}" if place.asn else ""
    if place.as_organization:
        network = f"{network} {visible(place.as_organization, 60)}".strip()
    town = ", ".join(visible(part, 40) for part in (place.city, place.country) if part)
    return ", ".join(part for part in (place.ip or place.address or "unknown address", town or "country unknown", network) if part)


def what(event: Event) -> str:
    """What was used: console, command line or application, with the client."""
    agent = f"client {visible(event.user_agent, _AGENT)}" if event.user_agent else ""
    return ", ".join(part for part in (provider_of(event).text.used(event), agent) if part)


def outcome(activity: Activity) -> str:
    """The outcome, the MFA result, and the risk as the provider reports it."""
    text = provider_of(activity.event).text
    return "; ".join(part for part in (text.result(activity.event), text.mfa(activity), text.risk(activity)) if part)


def account(event: Event) -> str:
    """The account or tenant, by the provider's name for it."""
    return f"{provider_of(event).account_label} {event.account}".strip() if event.account else ""


def other_side(alert: Alert) -> str:
    """The other half of a cross-cloud pair."""
    partner = alert.snapshot.partner
    if partner is None:
        return ""
    event = partner.event
    used = provider_of(event).text.used(event)
    text = f"{when(partner.time)}: {visible(name(event), _NAME)}, {visible(used, 80)}, from {visible(where(event), 80)}"
    return f"{text}; {visible(outcome(partner), 80)}"
