"""A month of an ordinary organisation: everything that its people, pipelines and guests do, and the internet's noise at its door."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from gatewatch.model import RawRecord

from . import shapes
from .people import OFFICE, Network, Person, abroad, elsewhere, exit_node, home_network, staff
from .rates import MONTH

BEGIN = datetime(2026, 9, 7, tzinfo=UTC)  # a Monday
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
BOTO = "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux lang/python#3.13"
SHORT_SIGN_INS = 5  # interactive sign-ins of a person on a working day
WRONG = {"errorCode": 50126, "failureReason": "Invalid username or password."}
CI_AGENTS, GUESTS, WORKLOADS, HOSTED = 12, 25, 30, 4
OFFICE_NETWORK = Network(OFFICE[1], OFFICE[2], "198.18.0")


class Organisation:
    """Generates the records of one day after the other. The same seed gives the same month."""

    def __init__(self, people: int, rates: Mapping[str, float], seed: int) -> None:
        self._rng = random.Random(seed)
        self._rates = rates
        self.people = staff(self._rng, people, rates["private_vpn"])
        self._guests = [Person(9000 + number, abroad(self._rng)) for number in range(GUESTS)]

    def records(self, days: int) -> Iterator[RawRecord]:
        """Every record of these days, in order of time."""
        for day in range(days):
            today = [*self._staff(day), *self._machines(day), *self._outside(day)]
            yield from sorted(today, key=lambda record: record.fetched or BEGIN)

    def _happens(self, name: str) -> bool:
        """Whether something that has a rate a month happens on this day."""
        return self._rng.random() < self._rates[name] / MONTH

    def _at(self, day: int, first: float, last: float) -> datetime:
        return BEGIN + timedelta(days=day, seconds=self._rng.uniform(first, last) * 3600)

    def _staff(self, day: int) -> Iterator[RawRecord]:
        working = day % 7 < 5
        for person in self.people:
            self._change(person, day)
            if working or self._rng.random() < 0.05:
                yield from self._person(person, day, self._place(person, day))

    def _change(self, person: Person, day: int) -> None:
        """New devices, a new provider, a journey that begins."""
        if self._happens("new_phone"):
            person.phone += 1
        if self._happens("new_laptop"):
            person.laptop += 1
        if self._happens("home_provider_change"):
            person.home = home_network(self._rng)
        if self._happens("trip_abroad"):
            person.away, person.away_until = abroad(self._rng), day + 2
        elif self._happens("trip_at_home"):
            person.away, person.away_until = elsewhere(self._rng), day + 1

    def _place(self, person: Person, day: int) -> Network:
        if person.away is not None and day <= person.away_until:
            return person.away
        if person.vpn and self._rng.random() < 2 / MONTH:
            return exit_node(self._rng)
        if self._happens("cafe_network"):
            return elsewhere(self._rng)
        return person.home if self._rng.random() < self._rates["home_days"] else OFFICE_NETWORK

    def _person(self, person: Person, day: int, place: Network) -> Iterator[RawRecord]:
        rng = self._rng
        for number in range(SHORT_SIGN_INS):
            at = self._at(day, 7 + number * 2, 9 + number * 2)
            if rng.random() < self._rates["wrong_password"]:
                yield shapes.sign_in(person, at - timedelta(seconds=20), place, rng, shapes.APPS[0], status=WRONG)
            yield shapes.sign_in(person, at, place, rng, rng.choice(shapes.APPS), phone=number == 4)
        if self._happens("lockout"):
            at = self._at(day, 8, 9)
            for number in range(10):
                yield shapes.sign_in(person, at + timedelta(seconds=number * 30), place, rng, shapes.APPS[0], status=WRONG)
            yield shapes.sign_in(person, at + timedelta(minutes=8), place, rng, shapes.APPS[0])
        if self._happens("medium_risk"):
            yield from self._risky(person, day, place)
        if person.cloud:
            yield from self._cloud(person, day, place)

    def _risky(self, person: Person, day: int, place: Network) -> Iterator[RawRecord]:
        at = self._at(day, 9, 17)
        risk = {
            "riskLevelDuringSignIn": "medium",
            "riskLevelAggregated": "medium",
            "riskState": "atRisk",
            "riskEventTypes_v2": ["unfamiliarFeatures"],
        }
        found = shapes.sign_in(person, at, place, self._rng, shapes.APPS[0], **risk)
        yield found
        if self._rng.random() < 0.5:
            safe = {"riskState": "dismissed", "riskDetail": "aiConfirmedSigninSafe", "riskLevelAggregated": "none"}
            yield shapes.raw({**found.data, **safe}, at + timedelta(days=1))

    def _cloud(self, person: Person, day: int, place: Network) -> Iterator[RawRecord]:
        rng = self._rng
        for _ in range(2):
            single = rng.random() < self._rates["single_factor_control_plane"]
            changes = {"authenticationRequirement": "singleFactorAuthentication", "deviceDetail": {"deviceId": ""}} if single else {}
            yield shapes.sign_in(person, self._at(day, 8, 18), place, rng, shapes.PORTAL, **shapes.ARM, **changes)
        if self._happens("cli_login"):
            yield from self._cli_login(person, day, place)
        if person.remote and self._happens("device_code"):
            yield from self._device_code(person, day, place)
        if person.in_aws and rng.random() < 0.6:
            at = self._at(day, 9, 17)
            yield shapes.sign_in(person, at - timedelta(seconds=15), place, rng, shapes.AWS_APP)
            yield shapes.saml_login(person, at, place, rng, FIREFOX if person.number % 9 == 0 else CHROME)
        if person.developer:
            for _ in range(round(self._rates["token_verb"] * 2)):
                line = "az account get-access-token --output json --resource https://management.azure.com"
                yield self._on_host(person, line, self._at(day, 8, 18), "python3")
            yield self._on_host(person, "git status", self._at(day, 8, 18), "bash")

    def _cli_login(self, person: Person, day: int, place: Network) -> Iterator[RawRecord]:
        at = self._at(day, 8, 18)
        yield self._on_host(person, "aws sso login" if person.number % 3 == 0 else "az login", at, "bash")
        if person.number % 3:
            client = {"clientAppUsed": "Mobile Apps and Desktop clients", **shapes.ARM}
            yield shapes.sign_in(person, at + timedelta(seconds=20), place, self._rng, shapes.AZURE_CLI, **client)

    def _device_code(self, person: Person, day: int, place: Network) -> Iterator[RawRecord]:
        at, rng = self._at(day, 8, 18), self._rng
        pair = {"correlationId": f"dc-{person.number}-{day}", **shapes.ARM}
        yield shapes.sign_in(person, at, place, rng, shapes.AZURE_CLI, **pair)
        redeemed = {"isInteractive": False, "signInEventTypes": ["nonInteractiveUser"], "originalTransferMethod": "deviceCodeFlow"}
        tool = {"userAgent": "python-requests/2.32.3", "deviceDetail": {"deviceId": ""}}
        yield shapes.sign_in(person, at + timedelta(seconds=4), OFFICE_NETWORK, rng, shapes.AZURE_CLI, **pair, **redeemed, **tool)
        yield shapes.process("build-host", f"dev{person.number}", "az login --use-device-code", at, "bash", person.upn)

    def _on_host(self, person: Person, line: str, at: datetime, parent: str) -> RawRecord:
        return shapes.process(f"laptop-{person.number}-{person.laptop}", f"person{person.number:03d}", line, at, parent, person.upn)

    def _machines(self, day: int) -> Iterator[RawRecord]:
        """Pipelines, service principals and keys."""
        rng = self._rng
        for agent in range(CI_AGENTS):
            for _ in range(round(self._rates["ci_login"] / 4)):  # a quarter of them on this agent's host, the rest in containers
                line = f"az login --service-principal -u app{agent} --tenant corp.example"
                yield shapes.process(f"ci-{agent}", "runner", line, self._at(day, 0, 24), "Runner.Worker")
        for number in range(WORKLOADS):
            yield shapes.workload(
                f"workload-{number}", self._at(day, 0, 24), OFFICE_NETWORK, rng, "clientCertificate" if number % 2 else "clientSecret"
            )
        for number in range(HOSTED):
            for _ in range(round(self._rates["hosted_ci_network"])):
                runner = Network("US", 8075, f"198.19.{rng.randrange(150, 250)}")
                yield shapes.workload(f"hosted-{number}", self._at(day, 0, 24), runner, rng, "federatedIdentityCredential")
                yield shapes.key_call(f"hosted{number}", self._at(day, 0, 24), runner.address(rng), BOTO)
        for number in range(10):
            yield shapes.key_call(f"batch{number}", self._at(day, 0, 24), f"198.18.0.{number + 1}", BOTO)

    def _outside(self, day: int) -> Iterator[RawRecord]:
        """Guests, and password spraying that never succeeds."""
        rng = self._rng
        for guest in self._guests:
            if self._happens("guest"):
                yield shapes.sign_in(
                    guest, self._at(day, 8, 18), guest.home, rng, shapes.APPS[2], userType="guest", deviceDetail={"deviceId": ""}
                )
        for number in range(round(self._rates["spray_background"])):
            target = rng.choice(self.people)
            away = Network("CN", 64800, f"198.19.{140 + number % 8}")
            yield shapes.sign_in(target, self._at(day, 0, 24), away, rng, shapes.PORTAL, status=WRONG, deviceDetail={"deviceId": ""})
