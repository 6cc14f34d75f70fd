"""Secrets from AWS's Parameters and Secrets extension, a process beside the function that answers on loopback: no SDK is loaded for them.

Source: AWS Secrets Manager user guide, "Use Secrets Manager secrets in Lambda functions": ``GET /secretsmanager/get?secretId=ARN`` with the
function's session token in the header ``X-Aws-Parameters-Secrets-Token``; the answer is that of GetSecretValue. The extension keeps a secret
for five minutes, so a rotated one is read from Secrets Manager itself (``secrets.py``).
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote

import msgspec

SECONDS = 3.0
"""How long the extension may take: it asks Secrets Manager when it does not know the secret."""

ANSWER_BYTES = 1 << 20
"""Secrets Manager holds 64 KiB a secret; a longer answer is none of its."""

Reader = Callable[[str], str | None]
"""The secret string of an ARN, or None where it cannot be had this way."""


class _Answer(msgspec.Struct):
    SecretString: str = ""


def extension_reader(port: int, environment: Mapping[str, str]) -> Reader:
    """Reads from the extension on this port of the machine itself; ``environment`` holds the function's session token.

    It raises nothing: an extension that is away, not ready or refused leaves the caller to ask Secrets Manager, whose error says why.
    """

    def read(arn: str) -> str | None:
        from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - urllib3 loads it too, but only with the store

        connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        try:
            token = {"X-Aws-Parameters-Secrets-Token": environment.get("AWS_SESSION_TOKEN", "")}
            connection.request("GET", f"/secretsmanager/get?secretId={quote(arn, safe='')}", headers=token)
            answer = connection.getresponse()
            body = answer.read(ANSWER_BYTES)
            return (msgspec.json.decode(body, type=_Answer).SecretString or None) if answer.status == 200 else None
        except (OSError, HTTPException, msgspec.DecodeError):
            return None
        finally:
            connection.close()

    return read
