"""The Lambda entry: SQS batches of EventBridge events, one EventBridge event delivered directly, and the scheduled sweep."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from . import batch, messages, wiring
from .telemetry import LOG, METRICS

_SQS = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


class UndeliveredError(Exception):
    """A message that must come again."""


@LOG.inject_lambda_context(clear_state=True, log_event=False)  # False: no variable of the environment makes it log records
@METRICS.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Partial batch failures for SQS; for the other two an empty answer, or an error that makes Lambda try again."""
    invocation = wiring.function().open(context)
    if "Records" in event:
        failed = batch.take([messages.from_sqs(record) for record in event["Records"]], invocation)

        def answer(record: SQSRecord) -> None:
            if record.message_id in failed:
                raise UndeliveredError(record.message_id)

        return dict(process_partial_response(event=event, record_handler=answer, processor=_SQS, context=context))
    if event.get("source") == "gatewatch" and event.get("action") == "sweep":
        batch.sweep(invocation)
    elif not batch.take_direct(messages.direct(event, context.aws_request_id, wiring.now()), invocation):
        raise UndeliveredError(str(event.get("id")))
    return {}
