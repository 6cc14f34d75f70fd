"""boto3 clients, made when they are first needed: importing boto3 is the dearest part of a cold start."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the stubs are no part of the artifact
    from botocore.config import Config
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

CONNECT_SECONDS = 3
READ_SECONDS = 8
ATTEMPTS = 3

S3_READ_SECONDS = 20

SNS_CONNECT_SECONDS = 2
SNS_READ_SECONDS = 4
SNS_ATTEMPTS = 1
"""A message that SNS does not take stays pending, so one that hangs may cost six seconds and no second try."""


class Clients:
    """One of each. Region, credentials and endpoints come from the environment, as for every AWS tool."""

    def __init__(self) -> None:
        self._sns_of: dict[str, SNSClient] = {}

    @cached_property
    def sns(self) -> "SNSClient":
        """Publishes alerts to topics of the function's own Region."""
        return self._sns(None)

    def sns_of(self, topic_arn: str) -> "SNSClient":
        """Publishes alerts to this topic, in the Region that its ARN names: SNS knows no topic of another one."""
        parts = topic_arn.split(":")
        region = parts[3] if len(parts) > 3 else ""
        if region and region not in self._sns_of:
            self._sns_of[region] = self._sns(region)
        return self._sns_of[region] if region else self.sns

    def _sns(self, region: str | None) -> "SNSClient":
        import boto3  # noqa: PLC0415 - see the module's first line

        return boto3.client("sns", region_name=region, config=_config(SNS_CONNECT_SECONDS, SNS_READ_SECONDS, SNS_ATTEMPTS))

    @cached_property
    def sqs(self) -> "SQSClient":
        """Sends dead letters and records that were announced before they were stored."""
        import boto3  # noqa: PLC0415 - see the module's first line

        return boto3.client("sqs", config=_config())

    @cached_property
    def s3(self) -> Any:  # noqa: ANN401 - a client of boto3, for which no stubs are installed
        """Reads log files of the trail's bucket."""
        import boto3  # noqa: PLC0415 - see the module's first line

        return boto3.client("s3", config=_config(read=S3_READ_SECONDS))

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        """Reads the API key and the webhook address."""
        import boto3  # noqa: PLC0415 - see the module's first line

        return boto3.client("secretsmanager", config=_config())

    @cached_property
    def ssm(self) -> "SSMClient":
        """Reads the tuning parameter."""
        import boto3  # noqa: PLC0415 - see the module's first line

        return boto3.client("ssm", config=_config())


def _config(connect: float = CONNECT_SECONDS, read: float = READ_SECONDS, attempts: int = ATTEMPTS) -> "Config":
    from botocore.config import Config  # noqa: PLC0415 - see the module's first line

    retries = {"total_max_attempts": attempts, "mode": "standard"}
    return Config(connect_timeout=connect, read_timeout=read, retries=retries)  # type: ignore[arg-type]
