"""`gatewatch doctor azure`."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from gatewatch.cli import doctor, wiring
from gatewatch.cli.command import Command
from gatewatch.cli.screen import Screen
from gatewatch.doctor.channels import reach
from gatewatch.doctor.examine import examine
from gatewatch.settings import Configuration
from gatewatch.stores import open as stores
from gatewatch.stores.elastic.client import Client
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.settings import ELASTIC, ELASTIC_NAMESPACE

from . import cli_login, settings
from .clients import readable_state
from .doctor.checks import CHECKS, NEVER_ASKED
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
    with _world(options, screen) as world:
        return doctor.show(examine("azure", CHECKS, world, NEVER_ASKED), options, screen)


@contextmanager
def _world(options: Namespace, screen: Screen) -> Iterator[AzureWorld]:
    """What the settings name. Raises ``ConfigError`` with every setting that is missing or wrong."""
    found = settings.load(cli_login.settings_of(options, screen))
    configuration = Configuration(found.values)
    identity = cli_login.credential(options, found.graph, screen)
    with ExitStack() as stack:
        table, queue = readable_state(found.values, identity)
        stack.enter_context(table)
        stack.enter_context(queue)
        directory = GraphDirectory(found.graph, identity, wiring.now, time.sleep)
        stack.callback(directory.close)
        store = stores.configured_store(configuration, remaining=lambda: INDEX_SECONDS)
        stack.callback(store.close)
        index = _index(configuration)
        if index is not None:
            stack.callback(index[0].close)
        yield AzureWorld(
            settings=found,
            configuration=configuration,
            tuning=seed_tuning(found.values),
            clock=wiring.now,
            directory=directory,
            state=StorageState(table, queue, found.graph.tenant_id),
            store=store,
            index=index,
            connect=reach,
        )


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
