"""Envelopes of queues, streams, topics, event buses and log groups, as functions receive them and as command lines print them.

Sources: AWS Lambda developer guide, "Using Lambda with ..." (events of SQS, SNS, Kinesis, Firehose, CloudWatch Logs, MSK); AWS CLI reference
(sqs receive-message, kinesis get-records, logs filter-log-events, events put-events); Azure Monitor, "Stream to an event hub"; Event Grid event schema; CloudEvents 1.0.
"""

from .carried import packed, written
from .envelope import Envelope, Object, Opened, Unpacking
from .openers import any_form, base64, inside, listed, lists_in, only, text


def _each_detail(data: Object, _unpacking: Unpacking) -> Opened:
    """One event for each record in the list ``detail``; None if it is something else, which the event's own reader judges."""
    details = data.get("detail")
    if not isinstance(details, list) or not details or not all(isinstance(one, dict) and "eventName" in one for one in details):
        return None
    return [{**data, "detail": detail} for detail in details]


def _log_events(data: Object, _unpacking: Unpacking) -> Opened:
    """The log events of a subscription. A control message checks whether its target is there and holds no record."""
    if data.get("messageType") == "CONTROL_MESSAGE":
        return ()
    events = data.get("logEvents")
    return events if isinstance(events, list) else None


def _subscription(record: object) -> Object:
    event = {"id": "1", "timestamp": 1795165260000, "message": written(record)}
    return {"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "g", "logStream": "s", "logEvents": [event]}


def _put_event(data: Object, unpacking: Unpacking) -> Opened:
    """An entry of PutEvents, as the event that the bus delivers."""
    return [
        {"source": data.get("Source"), "detail-type": data.get("DetailType"), "detail": detail} if isinstance(detail, dict) else detail
        for detail in text("Detail")(data, unpacking) or ()
    ]


_DELIVERED = {"source": "aws.signin", "detail-type": "AWS Console Sign In via CloudTrail"}

_QUEUES = (
    Envelope(
        name="SQS message, as a function receives it",
        has=("body", "messageId"),
        open=text("body"),
        wrap=lambda record: {"messageId": "m-1", "body": written(record), "eventSource": "aws:sqs"},
    ),
    Envelope(
        name="SQS message, as `aws sqs receive-message` prints it",
        has=("Body", "MessageId"),
        open=text("Body"),
        wrap=lambda record: {"MessageId": "m-1", "ReceiptHandle": "r", "Body": written(record)},
    ),
    Envelope(
        name="answer of `aws sqs receive-message`",
        has=("Messages",),
        open=listed("Messages"),
        wrap=lambda record: {"Messages": [{"MessageId": "m-1", "Body": written(record)}]},
    ),
    Envelope(
        name="SNS notification",
        has=("Message", "TopicArn"),
        open=text("Message"),
        wrap=lambda record: {"Type": "Notification", "TopicArn": "arn:aws:sns:eu-central-1:111122223333:t", "Message": written(record)},
    ),
    Envelope(
        name="SNS notification, as a function receives it",
        has=("Sns",),
        open=inside("Sns"),
        wrap=lambda record: {"EventSource": "aws:sns", "Sns": {"TopicArn": "t", "Message": written(record)}},
    ),
    Envelope(
        name="destination of a function that failed",
        has=("requestPayload", "requestContext"),
        open=inside("requestPayload"),
        wrap=lambda record: {"version": "1.0", "requestContext": {"condition": "RetriesExhausted"}, "requestPayload": record},
    ),
)

_STREAMS = (
    Envelope(
        name="Kinesis record, as a function receives it",
        has=("kinesis",),
        open=base64("kinesis", "data"),
        wrap=lambda record: {"eventSource": "aws:kinesis", "kinesis": {"partitionKey": "1", "data": packed(record)}},
    ),
    Envelope(
        name="Kinesis record, as `aws kinesis get-records` prints it",
        has=("Data", "PartitionKey"),
        open=base64("Data"),
        wrap=lambda record: {"SequenceNumber": "1", "Data": packed(record, compressed=True), "PartitionKey": "1"},
    ),
    Envelope(
        name="Firehose record",
        has=("recordId", "data"),
        open=base64("data"),
        wrap=lambda record: {"recordId": "1", "approximateArrivalTimestamp": 1795165260000, "data": packed(record)},
    ),
    Envelope(
        name="record that Firehose could not deliver",
        has=("rawData", "attemptsMade"),
        open=base64("rawData"),
        wrap=lambda record: {"attemptsMade": 4, "errorCode": "c", "rawData": packed(record)},
    ),
    Envelope(
        name="record that Firehose sends to an HTTP endpoint",
        has=("data",),
        open=only("data", any_form("data")),
        wrap=lambda record: {"data": packed(record)},
    ),
    Envelope(
        name="event of an Event Hub (capture, receiver)",
        has=("Body", "EnqueuedTimeUtc"),
        open=any_form("Body"),
        wrap=lambda record: {"SequenceNumber": 1, "EnqueuedTimeUtc": "11/20/2026 10:01:00 AM", "Body": {"bytes": written(record)}},
    ),
    Envelope(
        name="batch from Kafka (MSK)",
        has=("records", "bootstrapServers"),
        open=lists_in("records"),
        wrap=lambda record: {"bootstrapServers": "b", "records": {"t-0": [{"topic": "t", "partition": 0, "value": packed(record)}]}},
    ),
    Envelope(
        name="record from Kafka (MSK)",
        has=("topic", "partition", "value"),
        open=base64("value"),
        wrap=lambda record: {"topic": "t", "partition": 0, "offset": 1, "value": packed(record)},
    ),
    Envelope(
        name="file or batch with a list Records (CloudTrail delivery, SQS, SNS, Kinesis)",
        has=("Records",),
        open=listed("Records"),
        lacks=frozenset({"detail"}),
        wrap=lambda record: {"Records": [record]},
    ),
    Envelope(
        name="batch with a list records (Event Hub, Firehose)",
        has=("records",),
        open=listed("records"),
        lacks=frozenset({"detail"}),
        wrap=lambda record: {"records": [record]},
    ),
)

_LOG_GROUPS = (
    Envelope(
        name="CloudWatch Logs subscription, as a function receives it",
        has=("awslogs",),
        open=base64("awslogs", "data"),
        wrap=lambda record: {"awslogs": {"data": packed(_subscription(record), compressed=True)}},
    ),
    Envelope(name="CloudWatch Logs subscription", has=("logEvents",), open=_log_events, wrap=_subscription),
    Envelope(
        name="answer of `aws logs filter-log-events` or `get-log-events`",
        has=("events",),
        open=listed("events"),
        wrap=lambda record: {
            "events": [{"timestamp": 1795165260000, "message": written(record), "eventId": "1"}],
            "searchedLogStreams": [],
        },
    ),
)

_BUSES = (
    Envelope(
        name="EventBridge event with a list of details",
        has=("detail",),
        open=_each_detail,
        wrap=lambda record: {**_DELIVERED, "detail": [record]},
    ),
    Envelope(
        name="entry of EventBridge PutEvents",
        has=("Detail", "DetailType"),
        open=_put_event,
        wrap=lambda record: {"Source": _DELIVERED["source"], "DetailType": _DELIVERED["detail-type"], "Detail": written(record)},
    ),
    Envelope(
        name="request of EventBridge PutEvents",
        has=("Entries",),
        open=listed("Entries"),
        wrap=lambda record: {"Entries": [record]},
    ),
    Envelope(
        name="event in Event Grid's own schema",
        has=("dataVersion", "data"),
        open=inside("data"),
        wrap=lambda record: {"id": "1", "subject": "s", "eventType": "t", "dataVersion": "1", "data": record},
    ),
    Envelope(
        name="CloudEvents event (Event Grid)",
        has=("specversion", "data"),
        open=inside("data"),
        wrap=lambda record: {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": record},
    ),
)

ENVELOPES: tuple[Envelope, ...] = (*_QUEUES, *_STREAMS, *_LOG_GROUPS, *_BUSES)
