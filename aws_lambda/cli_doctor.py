"""`gatewatch doctor aws`: what keeps sign-ins of an AWS organisation from being seen and told."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import msgspec

from gatewatch.cli import wiring
from gatewatch.cli.command import Command
from gatewatch.cli.doctor import EXITS, arguments, show
from gatewatch.cli.screen import Screen
from gatewatch.doctor.examine import examine
from gatewatch.doctor.findings import CannotLook
from gatewatch.errors import ConfigError, GatewatchError

if TYPE_CHECKING:
    from gatewatch.doctor.findings import Diagnosis
    from gatewatch.ports import Store

    from .doctor.read_home import ClientOf
    from .doctor.world import Place, Sight, World

_PLACE = re.compile(r"(\d{12})@([a-z0-9-]+)")


def _arguments(parser: ArgumentParser) -> None:
    parser.epilog = EXITS
    parser.add_argument("--stack", default="gatewatch", help="name of the home stack (default: gatewatch)")
    parser.add_argument("--region", help="its Region; else the one of your AWS settings")
    parser.add_argument("--stack-set", metavar="NAME", help="the StackSet of the forwarders; without it only the home account is looked at")
    parser.add_argument(
        "--beside", default="", metavar="ACCOUNT@REGION,...", help="forwarders that are no part of the set: the management account's"
    )
    parser.add_argument("--store", help="the index, as GATEWATCH_STORE says it; else that of your settings")
    arguments(parser)


def run(options: Namespace, screen: Screen) -> int:
    """Look, and say what was found. Reads only."""
    from .doctor.checks import CHECKS, NEVER  # noqa: PLC0415 - help needs none of it

    found = examine(f"stack {options.stack}", CHECKS, world_of(options, wiring.environment()), NEVER)
    return show(found, options, screen)


def world_of(options: Namespace, settings: Mapping[str, str], clients: "ClientOf | None" = None) -> "World":
    """The world behind these options, read through boto3 or what else makes clients; raises ``ConfigError`` without boto3 and for options that are wrong."""
    try:
        from .doctor.read_home import Home  # noqa: PLC0415 - see below
        from .doctor.read_organization import Organization  # noqa: PLC0415
        from .doctor.world import World  # noqa: PLC0415
    except ImportError:
        raise ConfigError("this needs an extra: pip install 'gatewatch[aws]'") from None
    beside, client, now = _places(options.beside), clients or clients_in(options.region), wiring.now()
    home = Home(options.stack, client)
    organization = Organization(home.stack, options.stack_set, beside, client, now)
    return World(
        now=now,
        stack_set=options.stack_set,
        beside=beside,
        stack=home.stack,
        trails=organization.trails,
        rule=home.rule,
        bus=home.bus,
        queue=home.queue,
        function=home.function,
        mappings=home.mappings,
        schedule=home.schedule,
        topic=home.topic,
        secret=home.secret,
        parameter=home.parameter,
        alarms=home.alarms,
        regions=organization.regions,
        forwards=organization.forwards,
        accounts=organization.accounts,
        instances=organization.instances,
        heartbeats=organization.heartbeats,
        dead_letters=organization.dead_letters,
        sight=cache(partial(_sight, options.store, settings)),
        policy=partial(_policy, options.store, settings),
    )


def _places(text: str) -> "tuple[Place, ...]":
    from .doctor.world import Place  # noqa: PLC0415 - help needs none of it

    found = [(one, _PLACE.fullmatch(one)) for one in text.split(",") if one]
    wrong = [one for one, match in found if match is None]
    if wrong:
        raise ConfigError(f"--beside: {', '.join(wrong)} is not ACCOUNT@REGION")
    return tuple(Place(match[1], match[2]) for _, match in found if match is not None)


def clients_in(home_region: str | None) -> "ClientOf":
    """One client of boto3 for a service and Region; the home Region where none is named."""
    from botocore.config import Config  # noqa: PLC0415 - help needs none of it

    retries = Config(retries={"total_max_attempts": 4, "mode": "standard"}, connect_timeout=5, read_timeout=20)

    @cache
    def client(service: str, region: str | None = None) -> Any:  # noqa: ANN401 - the same
        import boto3  # noqa: PLC0415 - the same

        return boto3.client(service, region_name=region or home_region, config=retries)  # type: ignore[call-overload]

    return client


def _sight(url: str | None, settings: Mapping[str, str]) -> "Sight":
    """What the index knows; raises ``CannotLook``."""
    from . import canary, silent_regions  # noqa: PLC0415 - help needs none of it
    from .doctor.world import Sight  # noqa: PLC0415
    from .sign_ins_seen import hour_of  # noqa: PLC0415

    with _index(url, settings) as store:
        now = wiring.now()
        hour = hour_of(now)
        return Sight(canary.last(store, now), {place: hour - one.last for place, one in silent_regions.known(store).items()})


def _policy(url: str | None, settings: Mapping[str, str]) -> "tuple[Diagnosis, ...]":
    """What is wrong with policy and engine; raises ``CannotLook``."""
    from gatewatch.doctor.policy import policy_and_engine  # noqa: PLC0415 - help needs none of it

    with _index(url, settings) as store:
        return tuple(policy_and_engine(store))


@contextmanager
def _index(url: str | None, settings: Mapping[str, str]) -> "Iterator[Store]":
    """The store while it is looked at; raises ``CannotLook``."""
    try:
        with closing(wiring.existing_store(url, settings)) as store:
            yield store
    except (GatewatchError, msgspec.DecodeError) as error:
        fix = "say --store elastic with ELASTIC_URL and a key, or make a profile: gatewatch init"
        raise CannotLook(f"the index cannot be read: {error}", fix) from error


COMMAND = Command(
    "doctor aws",
    "what keeps sign-ins of an AWS organisation from being seen and told",
    "gatewatch doctor aws --stack gatewatch --stack-set gatewatch-forwarders --json",
    _arguments,
    run,
)
