"""The function's settings: typed, checked once, all problems reported together."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from gatewatch.errors import ConfigError
from gatewatch.model import Severity

_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+")
_URL = re.compile(r"https?://\S+")
_LINK = re.compile(r"https://\S+")
_ALERT = re.compile(r"https://\S*\{id\}\S*")
_CHANNELS = ("sns", "teams")


class Settings(Struct, frozen=True, kw_only=True):
    """What the environment says; secrets are references only, so its repr is safe to log."""

    store: str | None  # sqlite:FILE or memory:, for local use; None means Elasticsearch
    elastic_url: str | None
    elastic_api_key_arn: str | None
    elastic_namespace: str
    elastic_ca_fingerprint: str | None
    elastic_ca_file: str | None
    topic_arn: str
    teams_webhook_arn: str | None
    channels: tuple[str, ...]  # every channel an alert must be told on, also those another worker serves
    notify_from: Severity | None  # None leaves it to the tuning file
    runbook_base_url: str | None  # <base>/<rule-id>.md in every notification
    alert_url: str | None  # a page of the alert, with {id} where its id belongs
    tuning_parameter: str | None
    tuning_file: str | None
    geo: str | None  # MMDB files, separated by commas; without them AWS addresses have no country
    queue_url: str | None
    dead_letter_queue_url: str


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment.

    Raises:
        ConfigError: naming every variable that is missing or wrong.
    """
    problems: list[str] = []

    def take(name: str, form: re.Pattern[str] | None = None, hint: str = "") -> str | None:
        value = environment.get(name, "").strip() or None
        if value is not None and form is not None and not form.fullmatch(value):
            problems.append(f"{name} must be {hint}")
        return value

    def need(name: str, form: re.Pattern[str], hint: str) -> str:
        value = take(name, form, hint)
        if value is None:
            problems.append(f"{name} is missing: set it to {hint}")
        return value or ""

    store = take("GATEWATCH_STORE", re.compile(r"sqlite:.+|memory:"), "sqlite:FILE or memory:")
    elastic_url, elastic_key = _elastic(store, take, need)
    webhook = take("TEAMS_WEBHOOK_SECRET_ARN", _SECRET, "the ARN of a secret")
    settings = Settings(
        store=store,
        elastic_url=elastic_url,
        elastic_api_key_arn=elastic_key,
        elastic_namespace=take("ELASTIC_NAMESPACE") or "default",
        elastic_ca_fingerprint=take("ELASTIC_CA_FINGERPRINT"),
        elastic_ca_file=take("ELASTIC_CA_FILE"),
        topic_arn=need("NOTIFICATION_TOPIC_ARN", _TOPIC, "the ARN of an SNS topic"),
        teams_webhook_arn=webhook,
        channels=_channels(take("NOTIFY_CHANNELS"), problems, teams=webhook is not None),
        notify_from=_severity(take("NOTIFY_FROM"), problems),
        runbook_base_url=take("RUNBOOK_BASE_URL", _LINK, "an https address"),
        alert_url=take("ALERT_URL", _ALERT, "an https address with {id} where the alert's id belongs"),
        tuning_parameter=take("TUNING_PARAMETER_NAME"),
        tuning_file=take("TUNING_FILE"),
        geo=take("GATEWATCH_GEO"),
        queue_url=take("QUEUE_URL", _URL, "the address of the function's own queue"),
        dead_letter_queue_url=need("DEAD_LETTER_QUEUE_URL", _URL, "the address of the dead letter queue"),
    )
    if problems:
        raise ConfigError(*problems)
    return settings


def _elastic(
    store: str | None, take: Callable[..., str | None], need: Callable[[str, re.Pattern[str], str], str]
) -> tuple[str | None, str | None]:
    if store is not None:
        return take("ELASTIC_URL"), take("ELASTIC_API_KEY_SECRET_ARN")
    url = need("ELASTIC_URL", _URL, "https://host:port of Elasticsearch (or set GATEWATCH_STORE=sqlite:FILE for local use)")
    return url, need("ELASTIC_API_KEY_SECRET_ARN", _SECRET, "the ARN of the secret that holds the API key")


def _channels(value: str | None, problems: list[str], *, teams: bool) -> tuple[str, ...]:
    if value is None:
        return _CHANNELS if teams else ("sns",)
    found = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    if not found or set(found) - set(_CHANNELS):
        problems.append("NOTIFY_CHANNELS must be sns, teams or both, separated by a comma")
    return found


def _severity(value: str | None, problems: list[str]) -> Severity | None:
    if value is None or value == "tuning":
        return None
    if value not in set(Severity):
        problems.append("NOTIFY_FROM must be tuning, low, medium, high or critical")
        return None
    return Severity(value)
