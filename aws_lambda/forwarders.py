"""The dead letters of an organisation's forwarders as one place: every account and Region that a StackSet reaches.

The address is ``stackset:NAME``, and ``ACCOUNT@REGION`` for forwarders that are no part of the set (those of the management account):
``stackset:gatewatch-forwarders,111122223333@us-east-1``. In each account the role ``gatewatch-dead-letters`` of the forwarder is assumed.
"""

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs

from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.flow.dead_letters import DeadLetter

from .cli import SqsDeadLetterQueue, named_errors
from .clients import Clients

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ROLE = "gatewatch-dead-letters"
TAG = {"Key": "gatewatch", "Values": ["forwarder-dead-letters"]}
NOT_READABLE = "queue_not_readable"
AT_ONCE = 16
"""Places that are read at the same time."""

_ADDRESS = re.compile(r"stackset:([A-Za-z][A-Za-z0-9-]{0,127})((?:,\d{12}@[a-z0-9-]+)*)")


class Forwarder(NamedTuple):
    """One forwarder."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


def open_forwarders(address: str, to: str | None) -> "ForwarderDeadLetters":
    """The dead letters behind an address; raises ``ConfigError`` for one that is malformed, ``GatewatchError`` where the set cannot be read."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ConfigError("the address of forwarders is stackset:NAME, then ,ACCOUNT@REGION for each that is no part of the set")
    beside = [Forwarder(*one.split("@")) for one in found[2].split(",") if one]
    with named_errors("CloudFormation"):
        places = dict.fromkeys((*_instances(found[1]), *beside))
    return ForwarderDeadLetters(tuple(places), to)


class Keys:
    """The temporary keys of the role in one account. ``repr`` shows none of them."""

    def __init__(self, access: str, secret: str, token: str) -> None:
        self._access, self._secret, self._token = access, secret, token

    def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - whatever boto3 makes for this service
        """A client of that account."""
        import boto3  # noqa: PLC0415 - see clients.py

        return boto3.client(  # type: ignore[call-overload]
            service, region, aws_access_key_id=self._access, aws_secret_access_key=self._secret, aws_session_token=self._token
        )


class ForwarderDeadLetters:
    """Every dead-letter queue of the places. One that cannot be read is a dead letter that says so, and hides no other."""

    def __init__(self, places: Sequence[Forwarder], to: str | None) -> None:
        self._places, self._to = places, to
        self._keys: dict[str, Keys] = {}
        self._making = threading.Lock()
        self._home: SQSClient | None = None
        self._queues: dict[str, list[SqsDeadLetterQueue]] = {}
        self._open: list[SqsDeadLetterQueue] = []

    def dead_letters(self) -> Iterator[DeadLetter]:
        """What is in them, each record once; ``origin`` begins with account and Region."""
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - an organisation has thousands of queues

        for account in dict.fromkeys(place.account for place in self._places):
            with suppress(GatewatchError):  # said once for each place, below
                self._keys_of(account)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from {dead_letter.id: dead_letter for found in pool.map(self._read, self._places) for dead_letter in found}.values()

    def _read(self, place: Forwarder) -> list[DeadLetter]:
        try:
            found = [(queue, dead_letter) for queue in self._at(place) for dead_letter in queue.dead_letters()]
        except GatewatchError as error:
            name = hashlib.sha256(f"{NOT_READABLE} {place}".encode()).hexdigest()
            return [DeadLetter(id=name, reason=NOT_READABLE, origin=str(place), detail=str(error), problem=f"{place}: {error}")]
        for queue, dead_letter in found:
            self._queues.setdefault(dead_letter.id, []).append(queue)
        return [structs.replace(dead_letter, origin=f"{place} {dead_letter.origin}") for _, dead_letter in found]

    def redrive(self, dead_letter: DeadLetter) -> None:
        """Into the queue of the home stack, which ``--to`` names; only then out of the forwarder's. Raises ``GatewatchError``."""
        if dead_letter.problem:
            raise GatewatchError(dead_letter.problem)
        if self._to is None:
            raise ConfigError("say --to QUEUE_URL: the output QueueUrl of the home stack")
        for queue in self._queues.pop(dead_letter.id):
            queue.redrive(dead_letter)

    def close(self) -> None:
        """What was looked at and not redriven is visible again at once."""
        for queue in self._open:
            queue.close()

    def waiting(self, place: Forwarder) -> int:
        """How many queues of one place hold dead letters; raises ``GatewatchError`` where that cannot be read."""
        return sum(1 for _ in self._at(place))

    def _at(self, place: Forwarder) -> Iterator[SqsDeadLetterQueue]:
        with named_errors("the forwarder's account"):
            keys = self._keys_of(place.account)
            with self._making:  # boto3's default session, which all share, makes one client at a time
                tagging, sqs = keys.client("resourcegroupstaggingapi", place.region), keys.client("sqs", place.region)
                home = self._home = self._home or Clients().sqs
            found = tagging.get_resources(TagFilters=[TAG], ResourceTypeFilters=["sqs"]).get("ResourceTagMappingList", [])
        for resource in found:
            name = resource["ResourceARN"].rpartition(":")[2]
            queue = SqsDeadLetterQueue(f"{sqs.meta.endpoint_url}/{place.account}/{name}", self._to, sqs, home)
            if not queue.is_empty():
                self._open.append(queue)
                yield queue

    def _keys_of(self, account: str) -> Keys:
        """The keys of the role in an account; raises ``GatewatchError`` where it cannot be assumed."""
        import boto3  # noqa: PLC0415 - see clients.py

        if account not in self._keys:
            with named_errors(f"the role {ROLE}"), self._making:
                sts = boto3.client("sts")
                role = f"arn:{sts.meta.partition}:iam::{account}:role/{ROLE}"
                made = sts.assume_role(RoleArn=role, RoleSessionName="gatewatch-deadletter")["Credentials"]
            self._keys[account] = Keys(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        return self._keys[account]


def _instances(name: str) -> Iterator[Forwarder]:
    """The accounts and Regions of a StackSet, as a delegated administrator sees them, else as its owner does."""
    import boto3  # noqa: PLC0415 - see clients.py
    from botocore.exceptions import ClientError  # noqa: PLC0415 - the same

    cloudformation = boto3.client("cloudformation")
    pages = cloudformation.get_paginator("list_stack_instances")
    try:
        yield from _places(pages.paginate(StackSetName=name, CallAs="DELEGATED_ADMIN"))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in {"ValidationError", "StackSetNotFoundException"}:
            raise
        yield from _places(pages.paginate(StackSetName=name))


def _places(pages: Iterable[Mapping[str, Any]]) -> Iterator[Forwarder]:
    for page in pages:
        yield from (Forwarder(one["Account"], one["Region"]) for one in page.get("Summaries", ()))
