"""`s3://BUCKET/PREFIX` as input of `gatewatch replay`: every object whose key begins so."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any
from urllib.parse import urlsplit

from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.reading.files import RemoteObject

SCHEME = "s3://"


def open_objects(address: str) -> Iterator[RemoteObject] | None:
    """The objects at an address, None when it is none of S3. Region and credentials come from the environment, as for every AWS tool.

    Raises (while they are listed):
        ConfigError: there are no credentials or no such bucket, or it may not be listed.
    """
    if not address.startswith(SCHEME):
        return None
    place = urlsplit(address)
    if not place.netloc or place.query or place.username:
        raise ConfigError(f"{SCHEME}BUCKET/PREFIX names a bucket and what its keys begin with, and nothing else")
    try:
        import boto3  # noqa: PLC0415 - only an address of S3 pays for it
    except ImportError:
        raise ConfigError("s3:// needs an extra: pip install 'gatewatch[s3]'") from None
    return _objects(boto3.client("s3"), place.netloc, address.removeprefix(f"{SCHEME}{place.netloc}").lstrip("/"))


def _objects(client: Any, bucket: str, prefix: str) -> Iterator[RemoteObject]:  # noqa: ANN401 - a client of boto3
    pages = iter(client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
    while True:
        with _named_errors(f"{SCHEME}{bucket}"):
            page = next(pages, None)
        if page is None:
            return
        for entry in page.get("Contents", ()):
            key = str(entry["Key"])
            yield RemoteObject(f"{SCHEME}{bucket}/{key}", int(entry["Size"]), partial(_fetch, client, bucket, key))


def _fetch(client: Any, bucket: str, key: str, target: IO[bytes]) -> None:  # noqa: ANN401 - a client of boto3
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        client.download_fileobj(bucket, key, target)
    except ClientError as error:
        raise OSError(_code(error)) from error
    except BotoCoreError as error:
        raise OSError(type(error).__name__) from error


@contextmanager
def _named_errors(what: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        yield
    except ClientError as error:
        raise ConfigError(f"{what} cannot be listed: {_code(error)}") from error
    except BotoCoreError as error:
        raise GatewatchError(f"{what} cannot be listed: {type(error).__name__}") from error


def _code(error: Any) -> str:  # noqa: ANN401 - botocore.exceptions.ClientError
    return str(error.response.get("Error", {}).get("Code") or type(error).__name__)
