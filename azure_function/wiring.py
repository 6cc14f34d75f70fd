"""The one place of the function app that reads the environment and builds things."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path

from msgspec import Struct, structs

from gatewatch.errors import GatewatchError
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.geo import GATEWATCH_GEO, geo_unless_broken
from gatewatch.notify import settings as notify
from gatewatch.notify.channels import teams
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.ports import Dependencies
from gatewatch.ports import Geo, Notifier, Ports, Store
from gatewatch.providers.catalogue import BY_ID, provider_named
from gatewatch.settings import Configuration, Secret, SecretSource, Values, read
from gatewatch.stores import open as stores
from gatewatch.tuning import Tuning
from gatewatch.tuning.settings import TUNING_FILE

from . import endpoint_settings, hub_settings, settings
from .clients import application, credential, dead_letter_queue, state_table
from .dead_letters import QueueDeadLetters
from .hub_events import NoPages
from .jobs import run_each
from .poller import Kept, PollerParts, Session, open_poller
from .settings import HOST, TUNING
from .table_checkpoint import TableCheckpoint

LOG = logging.getLogger(__name__)
STORE_GRACE_SECONDS = 30.0
"""What a page that is on its way into the store when the deadline comes may still take; the lease outlives it."""
DEPLOYED_BY_DEFAULT = (teams.CHANNEL.name,)
"""The default of the template's parameter ``notifyChannels``: what a command assumes that is not told, where nothing is stored."""
NOTIFY_PART = 0.25
"""The part of a run that one channel may use."""
LONGEST_SEND_SECONDS = 15.0
"""What must be left of a run for one message: a Teams webhook that hangs costs 13 s."""
OWN_BUILDERS: notify.Builders = {}
"""See ``settings.OWN_CHANNELS``."""


def now() -> datetime:
    """The clock of the function app."""
    return datetime.now(UTC)


@contextmanager
def session(worker: str, environment: Mapping[str, str] | None = None, *, notify_part: float = NOTIFY_PART) -> Iterator[Session]:
    """What one invocation needs, released at its end. ``worker`` names it in leases, ``notify_part`` bounds what a channel may use of it.

    Raises:
        ConfigError: naming every setting that is missing or wrong.
        StoreUnavailable: the store cannot even be opened.
    """
    found = settings.load(os.environ if environment is None else environment)
    with _parts(found, worker, notify_part) as parts, open_poller(found.graph, found.poll, parts) as opened:
        yield opened


def for_each_tenant(work: Callable[[Session], None], worker: str, environment: Mapping[str, str] | None = None, **parts: float) -> None:
    """This work for every tenant, each in an equal part of the time that is left. One that fails stops no other.

    ``parts`` as ``session`` takes them. Raises what failed, at the end, and ``ConfigError`` at once.
    """
    found = settings.load(os.environ if environment is None else environment)
    deadline = Deadline(now, now() + timedelta(seconds=found.poll.deadline_seconds))
    tenants = settings.by_tenant(found)

    def one(tenant: settings.Settings, part: float) -> None:
        with (
            _parts(tenant, worker, parts.get("notify_part", NOTIFY_PART), deadline.share(part)) as these,
            open_poller(tenant.graph, tenant.poll, these) as opened,
        ):
            work(opened)

    run_each([partial(one, tenant, 1 / (len(tenants) - number)) for number, tenant in enumerate(tenants)])


def is_pushed() -> bool:
    """Whether an Event Hub pushes Entra's logs to this function app."""
    return hub_settings.is_on(os.environ)


class PushSession(Struct, frozen=True):
    """Everything one batch of pushed events is processed with, and whose records are taken."""

    needs: Dependencies
    tenants: tuple[str, ...]


@contextmanager
def push_session(worker: str) -> Iterator[PushSession]:
    """As ``session``, for records that an Event Hub pushes: Graph is not asked, so that it may be away. Raises as ``session`` does."""
    found = settings.load(os.environ)
    with _parts(found, worker, NOTIFY_PART) as parts:
        needs = Dependencies(NoPages(), parts.checkpoint, parts.dead_letters, parts.ports, parts.deadline)
        yield PushSession(needs=needs, tenants=tuple(one.graph.tenant_id for one in settings.by_tenant(found)))


@contextmanager
def _parts(found: settings.Settings, worker: str, notify_part: float, until: Deadline | None = None) -> Iterator[PollerParts]:
    configuration, client_id, tenant = Configuration(found.values, _when_used), found.graph.client_id, found.graph.tenant_id
    deadline = until or Deadline(now, now() + timedelta(seconds=found.poll.deadline_seconds))
    with ExitStack() as stack:
        table = stack.enter_context(state_table(found.values, client_id))
        store = stores.configured_store(configuration, remaining=lambda: deadline.left() + STORE_GRACE_SECONDS)
        stack.callback(store.close)
        queue = stack.enter_context(dead_letter_queue(found.values, client_id))
        yield PollerParts(
            credential=application(found.graph) if found.graph.app_client_id else credential(client_id),
            checkpoint=TableCheckpoint(table, tenant),
            dead_letters=QueueDeadLetters(queue, table, tenant),
            ports=_ports(configuration, store, _Run(worker, deadline, notify_part)),
            deadline=deadline,
            kept=_kept(tenant),
        )


def _when_used(secret: Secret, _unavailable: type[GatewatchError]) -> SecretSource:
    """A key that no header can carry is found when it is used, as an index that is away: what is urgent is announced all the same."""
    return secret.__call__


class _Run(Struct, frozen=True):
    """Who this invocation is, and the time it has."""

    worker: str
    deadline: Deadline
    notify_part: float


def _ports(configuration: Configuration, store: Store, run: _Run) -> Ports:
    return Ports(
        store=store,
        clock=now,
        tuning=seed_tuning(configuration),
        channels=notify.channels(configuration, OWN_BUILDERS),
        notifiers=_notifiers(configuration, run),
        geo=_geo(configuration[GATEWATCH_GEO]),
        worker=run.worker,
        remaining=run.deadline.left,
    )


def _notifiers(configuration: Configuration, run: _Run) -> dict[str, Notifier]:
    """The channels that are served, each with a bounded part of this run; those that cannot be served are named."""
    for name, problems in notify.broken_channels(configuration, OWN_BUILDERS).items():
        LOG.error("channel %s is not served, its notifications wait: %s", name, "; ".join(problems))
    seconds = run.deadline.left() * run.notify_part
    limits = ChannelLimits(seconds=seconds, longest=LONGEST_SEND_SECONDS, remaining=run.deadline.left)
    served = notify.notifiers(configuration, OWN_BUILDERS)
    return {name: BoundedNotifier(notifier, now, limits) for name, notifier in served.items()}


@contextmanager
def endpoint_session(worker: str, environment: Mapping[str, str] | None = None) -> Iterator[Session | None]:
    """As ``session``, for the endpoint stream alone; None where that is off. Raises as ``session`` does."""
    environment = os.environ if environment is None else environment
    found = endpoint_settings.load(environment)
    if found is None:
        yield None
        return
    from gatewatch.stores.elastic import open_client  # noqa: PLC0415 - off in most apps
    from gatewatch.stores.elastic.index_days import IndexDays  # noqa: PLC0415 - same
    from gatewatch.stores.elastic.index_pages import LIMITS, IndexPages  # noqa: PLC0415 - same

    from .endpoint import NAME, EndpointPages, stream  # noqa: PLC0415 - same

    provider = provider_named(NAME)
    search = provider.search if provider is not None else None
    with session(worker, environment) as here:
        if search is None:
            yield None
            return
        left = here.needs.deadline.left
        documents, tuning = search.documents, here.needs.ports.tuning
        with closing(open_client(found.connection(), remaining=left, limits=LIMITS)) as client:
            events = IndexPages(
                client, found.indices, query=lambda since, until: documents(since, until, tuning), clock=now, size=found.page_size
            )
            hosts = IndexDays(client, found.indices, query=search.streams, fields=search.stream_fields)
            polled = {NAME: stream(found, settings.load(environment).poll)}
            yield Session(streams=polled, needs=structs.replace(here.needs, source=EndpointPages(events, hosts, search.stream_record)))


@cache
def _kept(_tenant: str) -> Kept:
    """Kept between invocations, one for each tenant. The lease of a stream keeps two invocations from one probe."""
    return Kept(now)


@cache
def _geo(files: str | None) -> Geo | None:
    """Kept between invocations, since it maps files into memory."""
    return geo_unless_broken(files, lambda problem: LOG.error("no geography: %s", problem))


def store_for_person(url: str | None, environment: Mapping[str, str]) -> Store:
    """The store that ``url`` names, else the one of the environment; for commands, which have all the time in the world."""
    wanted = (stores.GATEWATCH_STORE, *stores.SETTINGS)
    configuration = Configuration(read(wanted, {**environment, "GATEWATCH_STORE": url} if url else environment))
    return stores.configured_store(configuration)


def redriving(store: Store, environment: Mapping[str, str]) -> Ports:
    """Ports for a record that is handed over again: what is pending then, the function's sweep sends."""
    values = read((notify.NOTIFY_CHANNELS, notify.NOTIFY_FROM, TUNING, TUNING_FILE), environment, host=HOST)
    channels = values[notify.NOTIFY_CHANNELS] or DEPLOYED_BY_DEFAULT
    return Ports(store=store, clock=now, tuning=seed_tuning(values), channels=channels, worker="redrive")


def seed_tuning(values: Configuration | Values) -> Tuning:
    """The tuning of the app setting or file. A broken entry is named and never matches; detection goes on."""
    text, file, notify_from = values[TUNING], values[TUNING_FILE], values[notify.NOTIFY_FROM]
    tuning = Tuning()
    if text or file:
        from gatewatch.tuning.file import load  # noqa: PLC0415 - most apps have one, tests and first runs have none

        tuning, problems = load(text or Path(file or ""), rules=BY_ID)
        for problem in problems:
            LOG.error("tuning: %s", problem)
    return structs.replace(tuning, notify_from=notify_from) if notify_from is not None else tuning
