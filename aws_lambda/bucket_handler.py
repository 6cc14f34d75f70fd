"""The Lambda entry for the trail's bucket: SQS batches of notifications about log files."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .cold_start import quick_imports

with quick_imports():
    from . import bucket, messages, wiring
    from .partial_batch import partial_batch_answer
    from .telemetry import LOG, METRICS

if TYPE_CHECKING:  # a name for readers; its module is no part of the work
    from aws_lambda_powertools.utilities.typing import LambdaContext


@LOG.inject_lambda_context(clear_state=True, log_event=False)  # False: no variable of the environment makes it log records
@METRICS.log_metrics
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> Mapping[str, Any]:
    """Partial batch failures: what must come again."""
    function, opened = wiring.bucket()
    failed = bucket.take([messages.from_sqs(record) for record in event["Records"]], opened(function.open(context)))
    return partial_batch_answer(event["Records"], failed)
