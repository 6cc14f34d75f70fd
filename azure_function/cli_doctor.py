"""`gatewatch doctor azure`."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from gatewatch.cli import doctor, wiring
from gatewatch.cli.command import Command
from gatewatch.cli.screen import Screen
from gatewatch.doctor.channels import reach
from gatewatch.settings import Configuration
from gatewatch.stores import open as stores
from gatewatch.stores.elastic.client import Client
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.settings import ELASTIC, ELASTIC_NAMESPACE

from . import cli_login, settings
from .clients import readable_state
from .doctor.checks import examine_tenants
from .doctor.directory import GraphDirectory
from .doctor.state import StorageState
from .doctor.world import AzureWorld
from .wiring import seed_tuning

INDEX_SECONDS = 20.0
"""What one call to the index may take here."""


def _arguments(parser: ArgumentParser) -> None:
    parser.epilog = f"{doctor.EXITS} What each finding means: docs/doctor.md. It reads, and changes nothing."
    doctor.arguments(parser)
    cli_login.arguments(parser)


def _run(options: Namespace, screen: Screen) -> int:
    with _worlds(options, screen) as worlds:
        return doctor.show(examine_tenants(worlds), options, screen)


@contextmanager
def _worlds(options: Namespace, screen: Screen) -> Iterator[list[AzureWorld]]:
    """What the settings name, for each tenant. Raises ``ConfigError`` with every setting that is missing or wrong."""
    found = settings.load(cli_login.settings_of(options, screen))
    configuration, tenants = Configuration(found.values), settings.by_tenant(found)
    with ExitStack() as stack:
        identities = [cli_login.credential(options, one.graph, screen) for one in tenants]
        table, queue = readable_state(found.values, identities[0])
        stack.enter_context(table)
        stack.enter_context(queue)
        directories = [
            GraphDirectory(one.graph, identity, wiring.now, time.sleep) for one, identity in zip(tenants, identities, strict=True)
        ]
        for directory in directories:
            stack.callback(directory.close)
        store = stores.configured_store(configuration, remaining=lambda: INDEX_SECONDS)
        stack.callback(store.close)
        index = _index(configuration)
        if index is not None:
            stack.callback(index[0].close)
        yield [
            AzureWorld(
                settings=tenant,
                configuration=configuration,
                tuning=seed_tuning(found.values),
                clock=wiring.now,
                directory=directory,
                state=StorageState(table, queue, tenant.graph.tenant_id),
                store=store,
                index=index,
                connect=reach,
            )
            for tenant, directory in zip(tenants, directories, strict=True)
        ]


def _index(configuration: Configuration) -> tuple[Client, Names] | None:
    named = configuration[stores.GATEWATCH_STORE]
    if named and stores.kind_of(named).settings != ELASTIC:
        return None
    from gatewatch.stores.elastic.settings import elastic_client  # noqa: PLC0415 - only where there is one

    return elastic_client(configuration, named or "", remaining=lambda: INDEX_SECONDS), Names(configuration[ELASTIC_NAMESPACE])


COMMAND = Command(
    "doctor azure",
    "look at the Azure half and say what is wrong, each with its fix",
    "gatewatch doctor azure --app-settings settings.json --login device --json",
    _arguments,
    _run,
)
