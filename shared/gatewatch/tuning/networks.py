"""Networks of a tuning, compiled into a prefix table: a look-up tries each prefix length once, however many networks there are."""

import ipaddress
from collections.abc import Iterable, Iterator

type Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class PrefixTable:
    """Which of several networks hold an address. Not changed once made."""

    def __init__(self, cidrs: Iterable[str]) -> None:
        """What is no network holds nothing; host bits are ignored."""
        self._places: dict[tuple[int, int], dict[int, list[int]]] = {}  # (version, bits after the prefix) -> prefix -> places
        for place, cidr in enumerate(cidrs):
            network = _network(cidr)
            if network is not None:
                rest = network.max_prefixlen - network.prefixlen
                prefixes = self._places.setdefault((network.version, rest), {})
                prefixes.setdefault(int(network.network_address) >> rest, []).append(place)

    def __contains__(self, ip: str | None) -> bool:
        """Whether any network holds this address; what is not an address lies in none."""
        return any(True for _ in self.places(ip))

    def places(self, ip: str | None) -> Iterator[int]:
        """Where the networks that hold this address stand in the list, in no order."""
        address = _address(ip) if self._places else None
        if address is None:
            return
        number = int(address)
        for (version, rest), prefixes in self._places.items():
            if version == address.version:
                yield from prefixes.get(number >> rest, ())


def in_network(ip: str | None, cidr: str) -> bool:
    """Whether the address lies in the network; what is not an address or not a network never does."""
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
