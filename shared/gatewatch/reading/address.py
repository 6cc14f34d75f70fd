"""Source addresses as vendors write them: parse IP addresses and tell which are private."""

import ipaddress
import re
from functools import lru_cache

type Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_V4_PORT = re.compile(r"([0-9.]{7,15}):[0-9]{1,5}")
_V6_PORT = re.compile(r"\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?")

# Python's is_private also holds for 203.0.113.0/24 and for mapped public addresses, so the list is explicit:
# RFC 1918, loopback (RFC 1122, 4291), link-local (RFC 3927, 4291) and unique local addresses (RFC 4193).
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "::1/128", "fe80::/10")
)


@lru_cache(maxsize=4096)
def ip_of(address: str) -> str | None:
    """Return the canonical IP address in a vendor's source address, or None when the text is not an IP address.

    Accepts ``v4:port`` and ``[v6]:port`` and unwraps IPv4-mapped IPv6. ``AWS Internal``, DNS names, CIDR ranges, octets with
    leading zeros and addresses with a zone give None.
    """
    parsed = _parsed(address)
    return None if parsed is None else str(parsed)


def is_private(address: str) -> bool:
    """Whether this address is private: RFC 1918, unique local, loopback or link-local."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in _PRIVATE if network.version == parsed.version)


def _parsed(address: str) -> Ip | None:
    text = address.strip()
    if len(text) > 64 or "%" in text:
        return None
    if match := _V4_PORT.fullmatch(text) or _V6_PORT.fullmatch(text):
        text = match.group(1)
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed
