"""A trail's bucket as moto keeps it: log files as CloudTrail writes them, and the notifications about them."""

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from aws_lambda.clients import Clients

BUCKET, ORGANIZATION, ACCOUNT = "org-trail", "o-abcdefghij", "111122223333"


def key(
    account: str = ACCOUNT, region: str = "us-east-1", time: str = "20261121T1155", name: str = "AbCdEfGhIjKlMnOp", kind: str = "CloudTrail"
) -> str:
    """A key of an organisation's trail without a prefix."""
    day = f"{time[:4]}/{time[4:6]}/{time[6:8]}"
    return f"AWSLogs/{ORGANIZATION}/{account}/{kind}/{region}/{day}/{account}_{kind}_{region}_{time}Z_{name}.json.gz"


class TrailBucket:
    """One bucket."""

    def __init__(self, clients: Clients, name: str = BUCKET) -> None:
        self._s3, self.name = clients.s3, name
        self._s3.create_bucket(Bucket=name)

    def put(self, records: Sequence[Mapping[str, Any]], at: str = "", body: bytes | None = None) -> str:
        """A log file; returns the body of S3's notification."""
        at = at or key()
        data = gzip.compress(json.dumps({"Records": list(records)}).encode()) if body is None else body
        etag = self._s3.put_object(Bucket=self.name, Key=at, Body=data)["ETag"].strip('"')
        return notification(at, bucket=self.name, etag=etag)

    def remove(self, at: str) -> None:
        self._s3.delete_object(Bucket=self.name, Key=at)


def notification(at: str, *, bucket: str = BUCKET, etag: str = "", name: str = "ObjectCreated:Put") -> str:
    """What S3 sends to a queue (user guide, "Event message structure")."""
    described = {"key": quote_plus(at, safe="/"), "size": 1, "eTag": etag, "sequencer": "00"}
    entity = {"s3SchemaVersion": "1.0", "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"}, "object": described}
    record = {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventName": name, "s3": entity}
    return json.dumps({"Records": [record]})


def through_sns(body: str) -> str:
    """The same through a topic without raw delivery."""
    return json.dumps({"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:us-east-1:123456789012:trail", "Message": body})


def by_eventbridge(at: str, *, bucket: str = BUCKET, name: str = "Object Created") -> str:
    """The same by EventBridge, with the key as it is."""
    detail = {"version": "0", "bucket": {"name": bucket}, "object": {"key": at, "size": 1, "etag": "", "sequencer": "00"}}
    return json.dumps({"version": "0", "source": "aws.s3", "detail-type": name, "account": ACCOUNT, "detail": detail})


def by_cloudtrail(*keys: str, bucket: str = BUCKET) -> str:
    """What CloudTrail itself publishes to a topic."""
    return json.dumps({"s3Bucket": bucket, "s3ObjectKey": list(keys)})
