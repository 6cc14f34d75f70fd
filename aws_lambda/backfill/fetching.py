"""Fetches one log file of a bucket for a backfill, and tells a file that cannot be read from a bucket that does not answer now."""

import shutil
from typing import IO, Any

from gatewatch.errors import GatewatchError

ATTEMPTS = 3
"""Of an answer that breaks off; botocore repeats only what fails before it begins."""

_THIS_FILE = frozenset({"AccessDenied", "InvalidObjectState", "NoSuchKey", "NoSuchVersion"})
_ITS_KEY = "KMS."
"""Codes that speak of one object (S3 API reference, "List of error codes"; those of KMS come with this prefix). Any other speaks of the whole
bucket, of the network or of the credentials, and holds for the next file as well."""


def fetch(s3: Any, bucket: str, key: str, target: IO[bytes]) -> None:  # noqa: ANN401 - a client of boto3
    """Write the object at this key into ``target``.

    Raises:
        OSError: this object cannot be read; the next one may be.
        GatewatchError: the bucket does not answer now (credentials that ended, throttling, network): whoever reads on would skip what is there.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see ..clients

    for attempt in range(1, ATTEMPTS + 1):
        target.seek(0)
        target.truncate()
        try:
            with s3.get_object(Bucket=bucket, Key=key)["Body"] as body:
                shutil.copyfileobj(body, target)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in _THIS_FILE or code.startswith(_ITS_KEY):
                raise OSError(code) from error
            raise _away(bucket, code) from error
        except BotoCoreError as error:
            if attempt == ATTEMPTS:
                raise _away(bucket, type(error).__name__) from error
        else:
            return


def _away(bucket: str, why: str) -> GatewatchError:
    return GatewatchError(f"s3://{bucket} answered {why}; run the same command again, it goes on where this run stopped")
