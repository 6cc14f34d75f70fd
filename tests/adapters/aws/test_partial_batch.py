"""Our answer to the event source mapping is Powertools' answer, for every batch and every set of failures."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from hypothesis import given
from hypothesis import strategies as st

from aws_lambda.partial_batch import partial_batch_answer

IDS = st.lists(st.text(min_size=1, max_size=40), unique=True, min_size=1, max_size=12)  # SQS sends no empty batch
BODIES = st.text(max_size=20)


class UndeliveredError(Exception):
    """A message that must come again."""


@given(IDS.flatmap(lambda ids: st.tuples(st.just(ids), st.sets(st.sampled_from(ids)))), BODIES)
def test_the_answer_is_that_of_process_partial_response(drawn: tuple[list[str], set[str]], body: str) -> None:
    ids, failed = drawn
    event: dict[str, Any] = {"Records": [{"messageId": one, "body": body, "eventSource": "aws:sqs"} for one in ids]}

    def handle(record: SQSRecord) -> None:
        if record.message_id in failed:
            raise UndeliveredError

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    assert partial_batch_answer(event["Records"], failed) == process_partial_response(event, handle, processor)


@given(IDS, st.sets(st.text(max_size=40)))
def test_only_messages_of_the_event_are_named_in_its_order(ids: list[str], failed: set[str]) -> None:
    answer = partial_batch_answer([{"messageId": one} for one in ids], failed)
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == [one for one in ids if one in failed]
