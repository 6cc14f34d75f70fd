"""One event as people read about it, put together from its provider's own text functions. Pure; values stay raw, but bounded."""

from functools import lru_cache

from ..model import Activity, Event, EventText
from ..providers.catalogue import provider_of

MAX_CHARACTERS = 300
"""The longest value that a row of an alert keeps."""


def event_text(activity: Activity) -> EventText:
    """Who, where, what, how, and how to read the record itself."""
    event = activity.event
    provider = provider_of(event)
    text = provider.text
    name = text.name(event)
    return EventText(
        id=activity.id,
        time=activity.time,
        name=_cut(name),
        role=_cut(text.role(event)),
        identity=_cut(text.identity(event)),
        display_name=_cut(event.display_name if event.display_name != name else None),
        account=_cut(f"{provider.account_label} {event.account}".strip() if event.account else None),
        address=_cut(event.place.ip or event.place.address),
        place=_cut(_place(event)),
        used=_cut(text.used(event)),
        client=_cut(event.user_agent),
        device=_cut(text.device(event)),
        outcome=_cut(text.result(event)),
        mfa=_cut(text.mfa(activity)),
        reported_risk=_cut(text.risk(activity)),
        lookups=provider.lookups(event),
        links=provider.links_for_people(event),
    )


def _place(event: Event) -> str:
    """Town, country and network; nothing where the place of an event is its host."""
    place = event.place
    if not place.address and not place.ip and not provider_of(event).text.has_address:
        return ""
    return _described(place.city, place.country, place.asn, place.as_organization)


@lru_cache(maxsize=1_024)
def _described(city: str | None, country: str | None, asn: int | None, organization: str | None) -> str:
    town = ", ".join(part for part in (city, country) if part)
    network = " ".join(part for part in (f"AS{asn}" if asn else "", organization or "") if part)
    return ", ".join(part for part in (town or "country unknown", network) if part)


def _cut(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"
