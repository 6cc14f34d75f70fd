"""The one place that reads the environment and builds things, once per cold start."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from gatewatch.errors import ConfigError, NotifyUnavailable, StoreUnavailable
from gatewatch.notify.links import Links
from gatewatch.ports import Geo, Notifier, Ports, Store
from gatewatch.providers.catalogue import BY_ID
from gatewatch.stores import open_store
from gatewatch.tuning import Tuning

from .batch import Desk
from .clients import Clients
from .dead_letters import DeadLetters
from .deadline import Deadline
from .secrets import Secret
from .set_aside import SetAside
from .settings import Settings, read
from .sns import SnsNotifier
from .telemetry import LOG, METRICS
from .tuning_source import TuningSource


@dataclass(frozen=True)
class Function:
    """What lives as long as the process."""

    desk: Desk
    tuning: TuningSource
    deadline: Deadline

    def open(self, context: LambdaContext) -> Desk:
        """The desk for one invocation, with the tuning in force now; what is wrong with that is counted and named."""
        self.deadline.left = context.get_remaining_time_in_millis
        tuning, problems = self.tuning.current(now())
        if problems:
            self.desk.count("TuningProblem", len(problems))
            self.desk.log.error("tuning problem", extra={"problems": problems[:20]})
        return replace(self.desk, ports=replace(self.desk.ports, tuning=tuning))


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@cache
def function() -> Function:
    """Built at the first invocation.

    Raises:
        ConfigError: naming every setting that is missing or wrong; the queue keeps the messages.
    """
    settings = read(os.environ)
    clients = Clients()
    deadline = Deadline()
    key = Secret(settings.elastic_api_key_arn, lambda: clients.secrets, StoreUnavailable) if settings.elastic_api_key_arn else None
    ports = Ports(
        store=store(settings, key, deadline.remaining),
        clock=now,
        channels=settings.channels,
        notifiers=notifiers(settings, clients),
        geo=geo(settings),
        worker=f"lambda-{uuid.uuid4().hex[:12]}",
        remaining=deadline.remaining,
    )
    desk = Desk(
        ports=ports,
        dead_letters=DeadLetters(settings.dead_letter_queue_url, lambda: clients.sqs),
        set_aside=SetAside(settings.queue_url, lambda: clients.sqs) if settings.queue_url else None,
        log=LOG,
        count=counter(METRICS),
        renew=key.renew if key else lambda: False,
    )
    return Function(desk, TuningSource(tuning_reader(settings, clients)), deadline)


def store(settings: Settings, key: Secret | None, remaining: Callable[[], float]) -> Store:
    """Elasticsearch, or the local store that GATEWATCH_STORE names."""
    if settings.store is not None or key is None:
        return open_store(settings.store or "memory:")
    from gatewatch.stores.elastic import Client, ElasticStore  # noqa: PLC0415 - only where Elasticsearch is used
    from gatewatch.stores.elastic.endpoint import endpoint  # noqa: PLC0415 - same

    from .elastic_key import KeyInSecret  # noqa: PLC0415 - same

    where = endpoint(settings.elastic_url or "", ca_file=settings.elastic_ca_file, fingerprint=settings.elastic_ca_fingerprint)
    return ElasticStore(Client(where, KeyInSecret(key), remaining=remaining), namespace=settings.elastic_namespace)


def geo(settings: Settings) -> Geo | None:
    """Where addresses are; a broken file is named in the log and never stops detection."""
    if settings.geo is None:
        return None
    from gatewatch.geo import open_geo  # noqa: PLC0415 - only where files are set

    try:
        return open_geo(settings.geo)
    except ConfigError as error:
        LOG.error("no geography", extra={"problems": error.problems})
        return None


def notifiers(settings: Settings, clients: Clients) -> dict[str, Notifier]:
    """The channels this worker sends on."""
    links = Links(runbooks=settings.runbook_base_url, document=settings.alert_url)
    found: dict[str, Notifier] = {"sns": SnsNotifier(settings.topic_arn, lambda: clients.sns, links)}
    if settings.teams_webhook_arn is not None:
        from gatewatch.notify.teams import TeamsNotifier  # noqa: PLC0415 - only where Teams is wired

        found["teams"] = TeamsNotifier(Secret(settings.teams_webhook_arn, lambda: clients.secrets, NotifyUnavailable), links=links)
    return {name: notifier for name, notifier in found.items() if name in settings.channels}


def counter(metrics: Metrics) -> Callable[[str, int], None]:
    """Counts under a name; powertools writes them as one embedded-metric line at the end of the invocation."""
    return lambda name, number: metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def tuning_reader(settings: Settings, clients: Clients) -> Callable[[], tuple[Tuning, tuple[str, ...]]]:
    """Reads the tuning from where the settings say: an SSM parameter, a file, or nowhere."""

    def load() -> tuple[Tuning, tuple[str, ...]]:
        if settings.tuning_parameter is not None:
            text = clients.ssm.get_parameter(Name=settings.tuning_parameter, WithDecryption=True)["Parameter"]["Value"]
        elif settings.tuning_file is not None:
            text = Path(settings.tuning_file).read_text("utf-8")
        else:
            return apply(Tuning()), ()
        from gatewatch.tuning import file as tuning_file  # noqa: PLC0415 - only where there is one

        tuning, problems = tuning_file.load(text, rules=BY_ID)
        return apply(tuning), problems

    def apply(tuning: Tuning) -> Tuning:
        return tuning if settings.notify_from is None else msgspec.structs.replace(tuning, notify_from=settings.notify_from)

    return load
