"""The Lambda entry: SQS batches of EventBridge events, one EventBridge event delivered directly, and the scheduled sweep."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .cold_start import quick_imports

with quick_imports():
    from . import batch, messages, wiring
    from .partial_batch import partial_batch_answer
    from .telemetry import LOG, METRICS

if TYPE_CHECKING:  # a name for readers; its module is no part of the work
    from aws_lambda_powertools.utilities.typing import LambdaContext


class UndeliveredError(Exception):
    """A message that must come again."""


@LOG.inject_lambda_context(clear_state=True, log_event=False)  # False: no variable of the environment makes it log records
@METRICS.log_metrics
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> Mapping[str, Any]:
    """Partial batch failures for SQS; for the other two an empty answer, or an error that makes Lambda try again."""
    invocation = wiring.function().open(context)
    if "Records" in event:
        failed = batch.take([messages.from_sqs(record) for record in event["Records"]], invocation)
        return partial_batch_answer(event["Records"], failed)
    if event.get("source") == "gatewatch" and event.get("action") == "sweep":
        batch.sweep(invocation)
    elif not batch.take_direct(messages.direct(event, context.aws_request_id, wiring.now()), invocation):
        raise UndeliveredError(str(event.get("id")))
    return {}
