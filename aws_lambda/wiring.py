"""The one place that reads the environment and builds things, once per cold start."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from msgspec import Struct, structs

from gatewatch.errors import NotifyError
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.geo import GATEWATCH_GEO, geo_unless_broken
from gatewatch.notify import settings as notify
from gatewatch.notify.channels import sns
from gatewatch.notify.channels.channel import Build
from gatewatch.notify.links import Links
from gatewatch.ports import Notice, Notifier, PlainNotice, PlainNotifier, Ports
from gatewatch.providers.catalogue import BY_ID
from gatewatch.settings import Configuration
from gatewatch.stores.open import configured_store
from gatewatch.stores.settings import ELASTIC_NAMESPACE
from gatewatch.tuning import Tuning
from gatewatch.tuning.settings import TUNING_FILE

from .batch import Invocation
from .clients import Clients
from .dead_letters import SqsDeadLetters
from .deadline import LambdaDeadline
from .extension import extension_reader
from .secrets import SecretByArn, Secrets
from .set_aside import SetAside
from .settings import DEAD_LETTER_QUEUE_URL, QUEUE_URL, SECRETS_PORT, TUNING_PARAMETER_NAME, load
from .sns import SnsNotifier
from .telemetry import IN_SECONDS, LOG, METRICS, service_of
from .tuning_source import TuningSource

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from .bucket import Bucket

NOTIFY_PART = 0.25
"""The part of an invocation that one channel may use."""

SNS_SECONDS, WEBHOOK_SECONDS = 8.0, 15.0
"""What must be left of an invocation for one message: its time limits, and two seconds for the answer."""


class Function(Struct, frozen=True):
    """What lives as long as the process."""

    invocation: Invocation
    tuning: TuningSource
    deadline: LambdaDeadline
    broken_channels: Mapping[str, tuple[str, ...]] = {}

    def open(self, context: "LambdaContext") -> Invocation:
        """The desk for one invocation, with the tuning in force now; what is wrong with that is counted and named."""
        self.deadline.left = context.get_remaining_time_in_millis
        for name, problems in self.broken_channels.items():
            self.invocation.count("NotTold", 1)
            self.invocation.log.error("channel is not served, its notifications wait", extra={"channel": name, "problems": problems})
        tuning, problems = self.tuning.current(now())
        if problems:
            self.invocation.count("TuningProblem", len(problems))
            self.invocation.log.error("tuning problem", extra={"problems": problems[:20]})
        return structs.replace(self.invocation, ports=structs.replace(self.invocation.ports, tuning=tuning, notifiers=self._notifiers()))

    def _notifiers(self) -> dict[str, Notifier]:
        """The channels, each with a bounded part of this invocation."""
        seconds = max(self.deadline.remaining() * NOTIFY_PART, SNS_SECONDS)
        return {
            name: BoundedNotifier(notifier, now, ChannelLimits(seconds=seconds, longest=_longest(name), remaining=self.deadline.whole))
            for name, notifier in self.invocation.ports.notifiers.items()
        }


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@cache
def function() -> Function:
    """Built at the first invocation.

    Raises:
        ConfigError: naming every setting that is missing or wrong; the queue keeps the messages.
    """
    clients = Clients()
    values = load(os.environ)
    port = values[SECRETS_PORT]
    secrets = Secrets(lambda: clients.secrets, None if port is None else extension_reader(port, os.environ))
    configuration = Configuration(values, secrets.source)
    METRICS.service = service_of(configuration[ELASTIC_NAMESPACE])
    deadline = LambdaDeadline()
    store = configured_store(configuration, remaining=deadline.remaining)
    credentials = tuple(secrets.known)  # those of the store: no channel is built yet
    own = builders(clients)
    ports = Ports(
        store=store,
        clock=now,
        channels=notify.channels(configuration, own),
        notifiers=_rereading(notify.notifiers(configuration, own), secrets.known[len(credentials) :]),
        geo=geo_unless_broken(configuration[GATEWATCH_GEO], lambda problem: LOG.error("no geography", extra={"problem": problem})),
        worker=f"lambda-{os.urandom(6).hex()}",
        remaining=deadline.remaining,
    )
    queue = configuration[QUEUE_URL]
    invocation = Invocation(
        ports=ports,
        dead_letters=SqsDeadLetters(configuration[DEAD_LETTER_QUEUE_URL], lambda: clients.sqs),
        set_aside=SetAside(queue, lambda: clients.sqs) if queue else None,
        log=LOG,
        count=counter(METRICS),
        renew=lambda: any(secret.renew() for secret in credentials),
    )
    source = TuningSource(tuning_reader(configuration, clients))
    return Function(invocation, source, deadline, notify.broken_channels(configuration, own))


@cache
def bucket() -> "tuple[Function, Callable[[Invocation], Bucket]]":
    """The function for the trail's bucket: what ``function`` builds, and what makes one invocation of it a reader of log files.

    Raises:
        ConfigError: naming every setting that is missing or wrong; the queue keeps the messages.
    """
    from . import bucket_settings as own  # noqa: PLC0415 - no part of the other function's cold start
    from .bucket import Bucket  # noqa: PLC0415 - same
    from .bucket_objects import Objects  # noqa: PLC0415 - same
    from .live_events import LiveEvents  # noqa: PLC0415 - same

    built, values, clients = function(), own.load(os.environ), Clients()

    def opened(invocation: Invocation) -> Bucket:
        return Bucket(
            invocation=invocation,
            objects=Objects(lambda: clients.s3),
            name=values[own.TRAIL_BUCKET],
            prefix=values[own.TRAIL_PREFIX].strip("/"),
            refused=SqsDeadLetters(values[own.OBJECT_DEAD_LETTER_QUEUE_URL], lambda: clients.sqs),
            again=SetAside(values[own.OBJECT_QUEUE_URL], lambda: clients.sqs, at_once=True),
            live=LiveEvents(values[own.LIVE_PLACES].split(",")),
            remaining=built.deadline.remaining,
        )

    return built, opened


def _longest(channel: str) -> float:
    return SNS_SECONDS if channel == sns.CHANNEL.name else WEBHOOK_SECONDS


def _rereading(notifiers: Mapping[str, Notifier], secrets: Sequence[SecretByArn]) -> dict[str, Notifier]:
    return {name: _Rereading(notifier, secrets) for name, notifier in notifiers.items()}


class _Rereading:
    """A channel whose secrets are read again after a message failed: a repaired or rotated one counts in a warm process too."""

    def __init__(self, inner: Notifier, secrets: Sequence[SecretByArn]) -> None:
        self.name = inner.name
        self._inner, self._secrets = inner, secrets

    def send(self, notice: Notice) -> None:
        """As the channel does."""
        self._with_secrets(lambda: self._inner.send(notice))

    def send_plain(self, notice: PlainNotice) -> None:
        """The same for a message that is about no alert; raises ``NotifyError`` for a channel that takes none."""
        inner = self._inner
        if not isinstance(inner, PlainNotifier):
            raise NotifyError(f"channel {self.name} takes alerts only")
        self._with_secrets(lambda: inner.send_plain(notice))

    def _with_secrets(self, send: Callable[[], None]) -> None:
        try:
            send()
        except NotifyError:
            for secret in self._secrets:
                secret.forget()
            raise


def builders(clients: Clients) -> dict[str, Build]:
    """The channels whose notifier needs boto3."""

    def sns_notifier(configuration: Configuration, links: Links) -> Notifier:
        topic = configuration[sns.TOPIC] or ""
        return SnsNotifier(topic, lambda: clients.sns_of(topic), links)

    return {sns.CHANNEL.name: sns_notifier}


def counter(metrics: Metrics) -> Callable[[str, int], None]:
    """Counts under a name; powertools writes them as one embedded-metric line at the end of the invocation."""

    def count(name: str, number: int) -> None:
        metrics.add_metric(name=name, unit=MetricUnit.Seconds if name in IN_SECONDS else MetricUnit.Count, value=number)

    return count


def tuning_reader(configuration: Configuration, clients: Clients) -> Callable[[], tuple[Tuning, tuple[str, ...]]]:
    """Reads the tuning from where the settings say: an SSM parameter, a file, or nowhere."""
    parameter, file = configuration[TUNING_PARAMETER_NAME], configuration[TUNING_FILE]
    notify_from = configuration[notify.NOTIFY_FROM]

    def current() -> tuple[Tuning, tuple[str, ...]]:
        if parameter is not None:
            text = clients.ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
        elif file is not None:
            text = Path(file).read_text("utf-8")
        else:
            return apply(Tuning()), ()
        from gatewatch.tuning import file as tuning_file  # noqa: PLC0415 - only where there is one

        tuning, problems = tuning_file.load(text, rules=BY_ID)
        return apply(tuning), problems

    def apply(tuning: Tuning) -> Tuning:
        return tuning if notify_from is None else structs.replace(tuning, notify_from=notify_from)

    return current
