"""The settings of the Lambda function: the library's settings, and those that only AWS has."""

from collections.abc import Mapping

from gatewatch import geo
from gatewatch.notify import settings as notify
from gatewatch.notify.channels import sns
from gatewatch.settings import Host, Setting, SettingProblem, Values, optional, read, required
from gatewatch.settings.kinds import matching, whole
from gatewatch.stores import open as stores
from gatewatch.stores.settings import ELASTIC_NETWORK
from gatewatch.tuning.settings import TUNING_FILE

HOST = Host(
    name="AWS",
    reference=matching(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+", "the ARN of a secret in Secrets Manager"),
)

_ADDRESS = matching(r"https?://\S+", "the address of a queue")
QUEUE_URL = optional("QUEUE_URL", _ADDRESS, "the function's own queue; records that were announced before they were stored go back there")
DEAD_LETTER_QUEUE_URL = required("DEAD_LETTER_QUEUE_URL", _ADDRESS, "the dead-letter queue")
TUNING_PARAMETER_NAME = optional(
    "TUNING_PARAMETER_NAME",
    matching(r"\S+", "the name of a parameter"),
    "SSM parameter with the tuning file (TOML or JSON), the seed of the policy; read again every five minutes",
)

SECRETS_PORT = optional(
    "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
    whole(1, 65535),
    "the port of AWS's Parameters and Secrets extension, where its layer is there: secrets are then read without loading boto3",
)

OWN_CHANNELS = (sns.CHANNEL.name,)
"""Channels whose notifier this folder brings, because it needs boto3."""

SETTINGS: tuple[Setting, ...] = (
    stores.GATEWATCH_STORE,
    *stores.SETTINGS,
    *ELASTIC_NETWORK,
    *notify.settings(OWN_CHANNELS),
    TUNING_PARAMETER_NAME,
    TUNING_FILE,
    geo.GATEWATCH_GEO,
    QUEUE_URL,
    DEAD_LETTER_QUEUE_URL,
    SECRETS_PORT,
)


def _topic_is_named(values: Values) -> list[SettingProblem]:
    return [] if values.given(sns.TOPIC) else [SettingProblem(sns.TOPIC, f"is not set: {sns.TOPIC.help}")]


_OPTIONAL_CHANNELS = tuple(one for one in notify.channel_settings(OWN_CHANNELS) if one is not sns.TOPIC)
"""What is wrong with these stops their channel and nothing else."""


def load(environment: Mapping[str, str]) -> Values:
    """Settings from the environment. What is wrong with an optional channel is kept for ``notify.broken_channels``.

    Raises:
        ConfigError: naming every variable that is missing or wrong.
    """
    return read(SETTINGS, environment, host=HOST, checks=(stores.is_named, _topic_is_named), tolerated=_OPTIONAL_CHANNELS)
