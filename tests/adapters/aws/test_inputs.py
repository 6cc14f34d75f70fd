"""`gatewatch replay s3://BUCKET/PREFIX`: every object is read once in its order, and one that cannot be read stops nothing."""

import gzip
import io
import json

import boto3
import pytest

from aws_lambda.inputs import open_objects
from gatewatch.cli.program import run
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError
from tests.builders.aws import raw_login, raw_root

BUCKET = "trail-bucket"


@pytest.fixture
def bucket():
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for n in range(30):
        body = gzip.compress(json.dumps({"Records": [raw_login(n, n, mfa="Yes").data]}).encode())
        client.put_object(Bucket=BUCKET, Key=f"AWSLogs/{n:03}.json.gz", Body=body)
    client.put_object(Bucket=BUCKET, Key="AWSLogs/root.json", Body=json.dumps(raw_root(99).data).encode())
    client.put_object(Bucket=BUCKET, Key="other/x.json", Body=b"{}")
    return client


def replayed(*argv):
    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
    code = run(["replay", "--store", "memory:", "--json", *argv], screen)
    return code, json.loads(screen.out.getvalue()) if screen.out.getvalue() else screen.err.getvalue()


@pytest.mark.usefixtures("bucket")
def test_every_object_below_a_prefix_is_read_in_order():
    code, said = replayed(f"s3://{BUCKET}/AWSLogs/")
    assert (code, said["records"], said["alerts_by_rule"]) == (0, 31, {"aws_root_console_login": 1})
    assert [one["file"] for one in said["files"]][:2] == [f"s3://{BUCKET}/AWSLogs/000.json.gz", f"s3://{BUCKET}/AWSLogs/001.json.gz"]
    assert len(said["files"]) == 31


def test_an_object_that_goes_away_is_refused_by_name(bucket):
    found = list(open_objects(f"s3://{BUCKET}/AWSLogs/"))
    bucket.delete_object(Bucket=BUCKET, Key="AWSLogs/005.json.gz")
    with pytest.raises(OSError, match="404"):
        found[5].fetch(io.BytesIO())


def test_a_bucket_that_is_not_there_is_an_error():
    code, said = replayed("s3://no-such-bucket/x")
    assert (code, "s3://no-such-bucket cannot be listed: NoSuchBucket" in said) == (2, True)


@pytest.mark.parametrize("address", ["s3://", "s3://user:secret@bucket/x", "s3://bucket/x?versionId=1"])
def test_an_address_names_a_bucket_and_a_prefix_only(address):
    with pytest.raises(ConfigError, match="BUCKET/PREFIX"):
        open_objects(address)


def test_other_addresses_are_none_of_s3():
    assert open_objects("https://bucket.s3.amazonaws.com/x") is None
    assert replayed("https://example.com/x")[0] == 2
