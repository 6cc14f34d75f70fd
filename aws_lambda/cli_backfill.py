"""`gatewatch backfill aws`: the log files of a trail's bucket, or the event history of an account, into a store."""

import re
import time
from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import urlsplit

from gatewatch.cli import backfill, wiring
from gatewatch.cli.command import Command
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError

from .clients import Clients
from .sns import SnsNotifier

ATTEMPTS = 10
"""Of one call: CloudTrail and S3 throttle, and a backfill has time."""

_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}")
_ACCOUNT, _REGION = re.compile(r"\d{12}"), re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")


def _arguments(parser: ArgumentParser) -> None:
    backfill.arguments(parser)
    parser.add_argument(
        "--bucket",
        metavar="s3://BUCKET/PREFIX",
        help="the bucket of a trail, and what its keys begin with before AWSLogs; else the event history",
    )
    parser.add_argument(
        "--topic",
        metavar="ARN",
        help="the SNS topic of the installation: urgent and recent findings are sent at once, older ones in one message",
    )
    parser.add_argument("--account", action="append", default=[], metavar="ID", help="only log files of this account; again for several")
    parser.add_argument(
        "--region",
        action="append",
        default=[],
        metavar="REGION",
        help="only this Region; again for several (event history: else yours and us-east-1)",
    )


def run(options: Namespace, screen: Screen) -> int:
    """Read history, oldest first, and say what became of it."""
    since, until = backfill.span(options)
    wrong = [one for one in options.account if not _ACCOUNT.fullmatch(one)] + [one for one in options.region if not _REGION.fullmatch(one)]
    if wrong:
        raise ConfigError(*(f"{one}: no account id and no Region" for one in wrong))
    boto3 = _boto3()
    if options.bucket:
        from .backfill.log_files import Extent, LogFiles  # noqa: PLC0415 - help needs none of it

        bucket, prefix = _address(options.bucket)
        files = LogFiles(_client(boto3, "s3"), bucket, prefix, Extent(since, until, frozenset(options.account), frozenset(options.region)))
        return backfill.run(_job(options, "s3", bucket, prefix), files.parts, options, screen, _topic(options))
    from .backfill.event_history import SECONDS_A_CALL, CallPace, EventHistory  # noqa: PLC0415 - same

    if options.account:
        raise ConfigError("--account needs --bucket: the event history is that of the account whose credentials are used")
    regions = options.region or sorted({"us-east-1", boto3.session.Session().region_name or "us-east-1"})
    clients = {region: _client(boto3, "cloudtrail", region) for region in regions}
    history = EventHistory(clients, since, until, wiring.now(), lambda: CallPace(SECONDS_A_CALL, time.monotonic, time.sleep))
    return backfill.run(_job(options, "history", *regions), history.parts, options, screen, _topic(options))


def _job(options: Namespace, *names: str) -> str:
    """What is read, in what span as it was typed: ``--from 30d`` of today and of tomorrow go on where the other stopped."""
    return ":".join(("aws", *names, *sorted(options.account), *sorted(options.region), options.since, options.until or "now"))


def _address(text: str) -> tuple[str, str]:
    place = urlsplit(text)
    if place.scheme != "s3" or not place.netloc or place.query or place.username:
        raise ConfigError("--bucket: say s3://BUCKET or s3://BUCKET/PREFIX")
    prefix = place.path.strip("/")
    before, logs, _ = f"{prefix}/".partition("AWSLogs/")
    return place.netloc, before.rstrip("/") if logs else prefix


def _topic(options: Namespace) -> SnsNotifier | None:
    """The channel "sns" as the function serves it."""
    if options.topic is None:
        return None
    if not _TOPIC.fullmatch(options.topic):
        raise ConfigError(f"--topic: {options.topic} is no ARN of a topic")
    clients, topic = Clients(), options.topic
    return SnsNotifier(topic, lambda: clients.sns_of(topic), wiring.links())


def _boto3() -> Any:  # noqa: ANN401 - a module
    try:
        import boto3  # noqa: PLC0415 - only this command pays for it
    except ImportError:
        raise ConfigError("this needs an extra: pip install 'gatewatch[aws]'") from None
    return boto3


def _client(boto3: Any, service: str, region: str | None = None) -> Any:  # noqa: ANN401 - of boto3
    from botocore.config import Config  # noqa: PLC0415 - see above

    config = Config(retries={"total_max_attempts": ATTEMPTS, "mode": "standard"}, max_pool_connections=16)
    return boto3.client(service, region_name=region, config=config)


COMMAND = Command(
    "backfill aws",
    "take in what happened before Gatewatch watched, from a trail's bucket or the event history",
    "gatewatch backfill aws --from 30d --bucket s3://org-trail/o-abcdefghij",
    _arguments,
    run,
)
