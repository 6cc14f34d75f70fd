"""The features of a sign-in that familiarity is made of: country, network and client."""

import ipaddress
from functools import lru_cache

from ..model import Event, Place


def sign_in_features(event: Event) -> tuple[tuple[str, str], ...]:
    """The known features of a sign-in, as pairs of name (country, network, client) and value."""
    known = (("country", event.place.country), ("network", network_of(event.place)), ("client", event.client))
    return tuple([(name, value) for name, value in known if value is not None])


def network_of(place: Place) -> str | None:
    """The network of an address: its autonomous system (AS64500) if known, else its /24 or /48.

    None for an address that is not public: it says nothing about where somebody is.
    """
    if place.asn is not None:
        return f"AS{place.asn}"
    return _network(place.ip) if place.ip is not None else None


@lru_cache(maxsize=1_024)
def _network(ip: str) -> str | None:
    address = ipaddress.ip_address(ip)
    if not address.is_global and not _is_documentation(address):
        return None
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


_DOCUMENTATION = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))


def _is_documentation(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the address belongs to the networks of examples (RFC 5737, RFC 3849), which count as public ones."""
    return any(address.version == network.version and address in network for network in _DOCUMENTATION)
