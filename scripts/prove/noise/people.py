"""The organisation: who works there, with which devices, from where."""

import random
from dataclasses import dataclass, field

PEOPLE = 400
CLOUD_PEOPLE = 60  # those who use control planes; the first 40 are developers
DEVELOPERS = 40
REMOTE_DEVELOPERS = 10
AWS_PEOPLE = 50
OFFICE = ("198.18.0.1", "DE", 64510)
PROVIDERS = tuple((64520 + number, f"198.18.{10 + number}") for number in range(8))
ABROAD = ("FR", "NL", "GB", "US", "ES", "PL", "IT", "SE", "AT", "CH")


@dataclass
class Network:
    """Where somebody is: a country, an autonomous system, and the first part of the address."""

    country: str
    asn: int
    prefix: str
    last: int = 0  # the last octet, where the address never changes

    def address(self, rng: random.Random) -> str:
        """An address of this network."""
        return f"{self.prefix}.{self.last or rng.randrange(2, 250)}"


@dataclass
class Person:
    """One employee. ``laptop`` and ``phone`` count replacements."""

    number: int
    home: Network
    rank: float = PEOPLE  # the number in an organisation of 400: it decides what somebody does
    laptop: int = 0
    phone: int = 0
    vpn: bool = False
    away: Network | None = None
    away_until: int = -1
    failed: bool = field(default=False)

    @property
    def upn(self) -> str:
        """The user principal name."""
        return f"person{self.number:03d}@corp.example"

    @property
    def user_id(self) -> str:
        """The object id."""
        return f"00000000-0000-4000-8000-{self.number:012d}"

    @property
    def cloud(self) -> bool:
        """Whether this person uses control planes."""
        return self.rank < CLOUD_PEOPLE

    @property
    def developer(self) -> bool:
        """Whether this person's host runs cloud command lines all day."""
        return self.rank < DEVELOPERS

    @property
    def remote(self) -> bool:
        """Whether this developer works on hosts without a browser."""
        return self.rank < REMOTE_DEVELOPERS

    @property
    def in_aws(self) -> bool:
        """Whether this person signs in to AWS."""
        return self.rank < AWS_PEOPLE


def home_network(rng: random.Random) -> Network:
    """A household of one of the country's providers; the address is the provider's and changes now and then."""
    asn, prefix = rng.choice(PROVIDERS)
    return Network("DE", asn, prefix, rng.randrange(2, 250))


def abroad(rng: random.Random) -> Network:
    """A hotel somewhere else."""
    country = rng.randrange(len(ABROAD))
    return Network(ABROAD[country], 64600 + country, f"198.19.{country * 4 + rng.randrange(4)}")


def elsewhere(rng: random.Random) -> Network:
    """A hotel, a café or a hotspot in the same country."""
    number = rng.randrange(12)
    return Network("DE", 64560 + number, f"198.18.{40 + number}")


def exit_node(rng: random.Random) -> Network:
    """An exit of a private VPN: a hosting company, often in another country."""
    number = rng.randrange(6)
    return Network(ABROAD[number], 64700 + number, f"198.19.{100 + number}")


def staff(rng: random.Random, people: int, vpn_share: float) -> list[Person]:
    """Everybody."""
    return [Person(number, home_network(rng), number * PEOPLE / people, vpn=rng.random() < vpn_share) for number in range(people)]
