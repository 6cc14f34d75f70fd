"""Pollers in a terminal, one for each tenant: the function app's own, with a local store and local state where the options name no others."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from gatewatch.cli import wiring
from gatewatch.cli.screen import Screen
from gatewatch.doctor.findings import CannotLook
from gatewatch.errors import ConfigError
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.notify import settings as notify
from gatewatch.notify.terminal import TerminalNotifier
from gatewatch.polling.deadline import Deadline
from gatewatch.ports import Notifier, Ports, Store
from gatewatch.settings import Configuration
from gatewatch.stores import open as stores
from gatewatch.stores.settings import ELASTIC_CLOUD_ID, ELASTIC_URL

from . import cli_login, settings
from .cli_state import LocalState
from .doctor.directory import GraphDirectory, TokenRefused
from .poller import Kept, PollerParts
from .wiring import LONGEST_SEND_SECONDS, seed_tuning

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

TENANT, FURTHER, STORE = settings.GRAPH["tenant_id"].name, settings.FURTHER_TENANTS.name, stores.GATEWATCH_STORE.name
TERMINAL = "terminal"


def arguments(parser: ArgumentParser) -> None:
    """The options of every command that reads Graph into a store."""
    parser.add_argument("--tenant", metavar="ID", help=f"one Entra tenant alone (default: {TENANT} and {FURTHER})")
    parser.add_argument("--store", metavar="STORE", help=f"where evidence and alerts go (default: {STORE}, else {wiring.DEFAULT_STORE})")
    parser.add_argument(
        "--state", metavar="FILE", help="a SQLite file that keeps how far was read (default: gatewatch-poll.sqlite in the current folder)"
    )
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")
    cli_login.arguments(parser)


class Terminal(Struct, frozen=True):
    """What a command works with in one tenant; ``parts`` makes the parts of one run."""

    settings: settings.Settings
    configuration: Configuration
    state: LocalState
    store: Store
    own: bool  # whether the store is this person's alone
    directory: GraphDirectory
    screen: Screen
    notifiers: Mapping[str, Notifier]
    kept: Kept
    credential: "object"
    worker: str
    several: bool = False  # whether other tenants are read beside this one, so that lines say whose they are

    @property
    def tenant(self) -> str:
        """The tenant's id."""
        return self.settings.graph.tenant_id

    def note(self, text: str) -> None:
        """A line beside the result."""
        self.screen.note(self.named(text))

    def named(self, text: str) -> str:
        """A line for people, with the tenant where there are several."""
        return f"{self.tenant}: {text}" if self.several else text

    def parts(self, seconds: float, notifiers: Mapping[str, Notifier] | None = None) -> PollerParts:
        """Those of a run of so many seconds."""
        deadline = Deadline(wiring.now, wiring.now() + timedelta(seconds=seconds))
        served = self.notifiers if notifiers is None else notifiers
        limits = ChannelLimits(seconds=seconds / 2, longest=LONGEST_SEND_SECONDS, remaining=deadline.left)
        channels = notify.channels(self.configuration, {}) or (TERMINAL,)
        return PollerParts(
            credential=self.credential,  # type: ignore[arg-type] # Azure's protocol is no type at run time
            checkpoint=self.state,
            dead_letters=self.state,
            ports=Ports(
                store=self.store,
                clock=wiring.now,
                tuning=seed_tuning(self.configuration),
                channels=channels,
                seeds=self.own or channels != (TERMINAL,),
                notifiers={name: BoundedNotifier(one, wiring.now, limits) for name, one in served.items()},
                geo=wiring.geo(None),
                worker=self.worker,
                remaining=deadline.left,
            ),
            deadline=deadline,
            kept=self.kept,
        )


@contextmanager
def opened(options: Namespace, screen: Screen) -> Iterator[list[Terminal]]:
    """Settings read, signed in to each tenant, store and state open. Raises ``ConfigError`` that names the setting and the fix."""
    given = dict(cli_login.settings_of(options, screen))
    given |= {TENANT: options.tenant, FURTHER: ""} if options.tenant else {}
    given[STORE] = _store_name(options, given)
    own = bool(given[STORE]) and stores.kind_of(given[STORE]).own
    found = settings.load(given, placed=False)
    configuration, tenants = Configuration(found.values), settings.by_tenant(found)
    with ExitStack() as stack:
        signed_in = [_signed_in(one, options, screen, stack) for one in tenants]
        _some_is_let_in([directory for _, directory in signed_in], tenants, screen)
        file = Path(options.state or "gatewatch-poll.sqlite")
        states = [stack.enter_context(LocalState(file, one.graph.tenant_id, wiring.now)) for one in tenants]
        store = stores.configured_store(configuration)
        stack.callback(store.close)
        for name, problems in notify.broken_channels(configuration, {}).items():
            screen.note(f"channel {name} is not served, its notifications wait: {'; '.join(problems)}")
        spoken = screen._replace(out=screen.err) if options.json else screen
        served = notify.notifiers(configuration, {}) or {TERMINAL: TerminalNotifier(spoken.out, links=wiring.links())}
        worker = f"terminal-{uuid4().hex[:12]}"
        yield [
            Terminal(
                tenant, configuration, state, store, own, directory, screen, served, Kept(wiring.now), credential, worker, len(tenants) > 1
            )
            for tenant, state, (credential, directory) in zip(tenants, states, signed_in, strict=True)
        ]


def _store_name(options: Namespace, given: Mapping[str, str]) -> str:
    """``--store``, else what the settings name (empty for their Elasticsearch), else a file here."""
    named = options.store or given.get(STORE, "").strip()
    elastic = any(given.get(one.name, "").strip() for one in (ELASTIC_URL, ELASTIC_CLOUD_ID))
    return named or ("" if elastic else wiring.DEFAULT_STORE)


def _signed_in(found: settings.Settings, options: Namespace, screen: Screen, stack: ExitStack) -> "tuple[TokenCredential, GraphDirectory]":
    """Who reads a tenant; nothing is asked yet."""
    credential = cli_login.credential(options, found.graph, screen)
    directory = GraphDirectory(found.graph, credential, wiring.now, time.sleep)
    stack.callback(directory.close)
    return credential, directory


def _some_is_let_in(directories: Sequence[GraphDirectory], tenants: Sequence[settings.Settings], screen: Screen) -> None:
    """Say which tenants give no token. Raises ``ConfigError`` where none does; what is read of the others goes on."""
    refused = {one.graph.tenant_id: _refusal(directory) for one, directory in zip(tenants, directories, strict=True)}
    if all(refused.values()):
        raise ConfigError(*dict.fromkeys(filter(None, refused.values())))
    for tenant, reason in refused.items():
        if reason:
            screen.note(f"{tenant}: {reason}")


def _refusal(directory: GraphDirectory) -> str:
    """Why a directory gives no token, with the fix; empty if it gives one."""
    try:
        directory.claims()
    except CannotLook as error:
        return f"{error.reason}: {error.fix}"
    except TokenRefused as error:
        return f"{error}: compare {TENANT}, GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET; gatewatch doctor azure says what is wrong"
    return ""
