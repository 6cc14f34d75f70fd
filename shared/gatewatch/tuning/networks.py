"""Networks of a tuning, compiled into a prefix table: a look-up tries each prefix length once, for any number of networks."""

import ipaddress
from collections.abc import Iterable, Iterator

type Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class PrefixTable:
    """Tells which of several networks contain an address. Immutable."""

    def __init__(self, cidrs: Iterable[str]) -> None:
        """Compile the networks. Text that is not a network contains no address; host bits are ignored."""
        self._places: dict[tuple[int, int], dict[int, list[int]]] = {}  # (version, bits after the prefix) -> prefix -> places
        for place, cidr in enumerate(cidrs):
            network = _network(cidr)
            if network is not None:
                rest = network.max_prefixlen - network.prefixlen
                prefixes = self._places.setdefault((network.version, rest), {})
                prefixes.setdefault(int(network.network_address) >> rest, []).append(place)

    def __contains__(self, ip: str | None) -> bool:
        """Whether any network contains this address. Text that is not an address is in no network."""
        return bool(self._places) and any(True for _ in self.places(ip))

    def places(self, ip: str | None) -> Iterator[int]:
        """Yield the list positions of the networks that contain this address, in any order."""
        address = _address(ip) if self._places else None
        if address is None:
            return
        number = int(address)
        for (version, rest), prefixes in self._places.items():
            if version == address.version:
                yield from prefixes.get(number >> rest, ())


def in_network(ip: str | None, cidr: str) -> bool:
    """Whether the network contains the address; False when either of them is invalid."""
    address, network = _address(ip), _network(cidr)
    return address is not None and network is not None and address in network


def _address(ip: str | None) -> Ip | None:
    try:
        return ipaddress.ip_address(ip) if ip is not None else None
    except ValueError:
        return None


def _network(cidr: str) -> Network | None:
    try:
        return ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return None
