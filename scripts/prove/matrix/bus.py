"""AWS as deployed: the rules of template.yaml, a queue, and the built artifact in the Lambda runtime."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from moto.events.models import EventPattern

from scripts.local_cloud.lambda_runtime import Cloud, Emulator, FunctionError, Stage, build, rules

SWEEP = {"source": "gatewatch", "action": "sweep"}
DETAIL_TYPES = {
    "AwsApiCall": "AWS API Call via CloudTrail",
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
}
AT_ONCE = 10  # entries of one PutEvents call, and messages of one batch


class BusPath:
    """One account. ``options`` switches the rules on that parameters guard."""

    def __init__(self, stage: Stage, function: Emulator, *, options: bool) -> None:
        self._stage, self._function = stage, function
        self._rules = {
            name: (EventPattern.load(json.dumps(rule.pattern)), rule) for name, rule in rules().items() if options or not rule.condition
        }

    def deliver(self, records: Sequence[dict[str, Any]]) -> set[str]:
        """Emit the records, then let the function work until the queue is empty; the names of the rules that took one."""
        taken: set[str] = set()
        entries = []
        for record in records:
            envelope = enveloped(record)
            found = [name for name, (pattern, rule) in self._rules.items() if _takes(pattern, envelope, reads_too=rule.reads_too)]
            taken |= set(found)
            if found and "detail-type" in record:  # no record of CloudTrail: its only id is the envelope's, and the bus would give another
                self._stage.send(json.dumps(envelope))
            elif found:  # an ENABLED rule never sees a read-only event: the bus here cannot know that
                entries.append(
                    {
                        "Source": envelope["source"],
                        "DetailType": envelope["detail-type"],
                        "Detail": json.dumps(envelope["detail"]),
                        "Resources": envelope["resources"],
                        "EventBusName": self._stage.bus,
                    }
                )
        for start in range(0, len(entries), AT_ONCE):
            answer = self._stage.events.put_events(Entries=entries[start : start + AT_ONCE])
            if answer["FailedEntryCount"]:
                raise FunctionError("PutEventsFailed", str(answer))
        while True:
            polled = self._stage.poll(self._function)
            if polled.error:
                raise FunctionError("BatchFailed", polled.error)
            if not polled.received:
                return taken

    def sweep(self) -> None:
        """What the schedule does."""
        self._function.invoke(SWEEP)

    def clear(self) -> None:
        """Forget what was sent and what could not be read."""
        self._stage.inbox()
        self._stage.dead_letters()


def _takes(pattern: EventPattern, envelope: dict[str, Any], *, reads_too: bool) -> bool:
    return (reads_too or not envelope["detail"].get("readOnly")) and bool(pattern.matches_event(envelope))


def enveloped(record: dict[str, Any]) -> dict[str, Any]:
    """The event as EventBridge delivers it; a record that is an envelope stays one."""
    if "detail-type" in record:
        return {"resources": [], **record}
    service = record["eventSource"].partition(".")[0]
    return {
        "version": "0",
        "source": f"aws.{service}",
        "account": record.get("recipientAccountId", ""),
        "detail-type": DETAIL_TYPES.get(record.get("eventType", ""), DETAIL_TYPES["AwsApiCall"]),
        "time": record.get("eventTime", ""),
        "region": record.get("awsRegion", "us-east-1"),
        "resources": [],
        "detail": record,
    }


@contextlib.contextmanager
def opened(store: str, folder: Path, *, options: bool) -> Iterator[BusPath]:
    """Starts the runtime and what it needs; raises ``CannotBuildError`` or ``FunctionError`` where it cannot start."""
    artifact = build()
    with Cloud() as cloud:
        stage = cloud.stage(options=options)
        log = folder / f"lambda-{'options' if options else 'default'}.log"
        with Emulator(artifact, stage.environment(GATEWATCH_STORE=store), log=log) as function:
            yield BusPath(stage, function, options=options)
