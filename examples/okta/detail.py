"""The Okta part of an event."""

from msgspec import Struct

from ...model import Detail, Event


class OktaSignIn(Detail, Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="okta.systemLog"):
    """What a System Log ``user.session.start`` event adds."""

    uuid: str | None = None
    risk: str | None = None  # lower case


def okta_of(event: Event) -> OktaSignIn | None:
    """The Okta sign-in in this event, if it is one."""
    return event.detail if isinstance(event.detail, OktaSignIn) else None
