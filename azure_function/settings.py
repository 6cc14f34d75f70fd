"""The settings of the function app: the library's settings, and those that only Azure has."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs

from gatewatch import geo
from gatewatch.notify import settings as notify
from gatewatch.settings import Host, Kind, Secret, SecretField, Setting, SettingProblem, Values, optional, read, required, setting
from gatewatch.settings.kinds import TEXT, URL, one_of, seconds, some_of, whole
from gatewatch.stores import open as stores
from gatewatch.tuning.settings import TUNING_FILE

STREAM_NAMES = (
    "sign_ins",
    "non_interactive",
    "service_principals",
    "managed_identities",
    "risk_detections",
    "workload_risk_detections",
    "directory_audits",
)
BETA_ONLY = frozenset({"non_interactive", "service_principals", "managed_identities"})
"""Streams that Graph v1.0 does not have."""

AUTO, V1_0, BETA = "auto", "v1.0", "beta"


def _unresolved(text: str) -> str | None:
    if not text.startswith("@Microsoft.KeyVault"):
        return None
    return "is an unresolved Key Vault reference: grant the identity 'Key Vault Secrets User' and check the secret"


HOST = Host(name="Azure", unresolved=_unresolved)


_TENANT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def _tenants(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not all(map(_TENANT.fullmatch, found)):
        raise ValueError
    return found


TENANT_LIST: Kind[tuple[str, ...]] = Kind(form="tenant ids, separated by commas", parse=_tenants)


class GraphSettings(Struct, frozen=True, kw_only=True):
    """How Microsoft Graph is reached and what is read. Intervals are seconds unless the name says otherwise."""

    tenant_id: str
    further_tenants: tuple[str, ...] = ()
    base_url: str = "https://graph.microsoft.com"
    api: str = AUTO
    client_id: str | None = None
    app_client_id: str | None = None
    app_client_secret: Secret = Secret()
    authority: str | None = None
    streams: tuple[str, ...] = ("sign_ins", "risk_detections")
    risk_time_field: str = "lastUpdatedDateTime"
    page_size: int = 1000
    risk_page_size: int = 500
    interval: float = 2.02
    risk_interval: float = 1.1
    retry_delay: float = 3.0
    retries: int = 5
    timeout: float = 60.0
    lookups_per_run: int = 40


class PollSettings(Struct, frozen=True, kw_only=True):
    """Which time a poll covers."""

    overlap_minutes: int = 60
    end_delay_seconds: int = 90
    risk_look_back_hours: int = 72
    sweep_hours: int = 48
    first_look_back_hours: int = 24
    retention_days: int = 30
    slice_minutes: int = 60
    deadline_seconds: int = 290


_GRAPH, _POLL = GraphSettings(tenant_id=""), PollSettings()
CLIENT_ID = optional("GRAPH_CLIENT_ID", TEXT, "an application of another tenant that reads Graph, instead of the managed identity")
CLIENT_SECRET = SecretField(name="GRAPH_CLIENT_SECRET", kind=TEXT, help="that application's secret")
FURTHER_TENANTS = setting(
    "FURTHER_TENANTS",
    TENANT_LIST,
    (),
    "ids of further tenants that are read as well, by the application GRAPH_CLIENT_ID, which is multi-tenant and has the same permissions in each; "
    "a run is shared by all of them, and `gatewatch poll`, `backfill azure` and `doctor azure` look at them too",
)
STREAMS = setting(
    "STREAMS",
    some_of(*STREAM_NAMES),
    _GRAPH.streams,
    "what is polled. Each costs requests of Graph's 5 in 10 s for sign-ins, four readings or more a record: `non_interactive` (beta; 5 to 20 times "
    "the interactive ones, needed for device codes), `service_principals` and `managed_identities` (beta; often the most records of all), "
    "`workload_risk_detections` (few; needs Workload Identities Premium and IdentityRiskyServicePrincipal.Read.All), `directory_audits` (what a person changed "
    "in the directory, shown beside the person's alerts; about 620 requests a day by its timers, and more beyond 1,000 records in 5 minutes; no further permission)",
)
GRAPH_API = setting(
    "GRAPH_API",
    one_of(AUTO, V1_0, BETA),
    _GRAPH.api,
    "version of Microsoft Graph; auto reads beta if it answers, else v1.0, where several rules see nothing "
    "(MFA, device codes, networks); Microsoft does not support beta in production",
)
GRAPH: dict[str, Setting] = {
    "tenant_id": required("TENANT_ID", TEXT, "the Entra tenant whose sign-ins are read"),
    "further_tenants": FURTHER_TENANTS,
    "streams": STREAMS,
    "api": GRAPH_API,
    "base_url": setting("GRAPH_BASE_URL", URL, _GRAPH.base_url, "Graph of another cloud; the one of China has no risk detections"),
    "client_id": optional("AZURE_CLIENT_ID", TEXT, "the user-assigned managed identity"),
    "app_client_id": CLIENT_ID,
    "app_client_secret": CLIENT_SECRET,
    "authority": optional(
        "GRAPH_AUTHORITY", URL, "where that application signs in, if not where Microsoft says for the cloud of `GRAPH_BASE_URL`"
    ),
    "risk_time_field": setting(
        "RISK_TIME_FIELD",
        one_of("lastUpdatedDateTime", "detectedDateTime"),
        _GRAPH.risk_time_field,
        "time by which risk detections are read; the other one, should Graph refuse the filter",
    ),
    "page_size": setting("PAGE_SIZE", whole(1, 1000), _GRAPH.page_size, "sign-ins a page"),
    "risk_page_size": setting("RISK_PAGE_SIZE", whole(1, 500), _GRAPH.risk_page_size, "risk detections a page"),
    "interval": setting(
        "GRAPH_INTERVAL_SECONDS",
        seconds(60),
        _GRAPH.interval,
        "mean pause between requests for sign-ins; Graph allows 5 in 10 s",
    ),
    "risk_interval": setting(
        "GRAPH_RISK_INTERVAL_SECONDS",
        seconds(60),
        _GRAPH.risk_interval,
        "the same for risk detections; Graph allows 1 a second for all apps of a tenant",
    ),
    "retries": setting("GRAPH_RETRIES", whole(0, 20), _GRAPH.retries, "how often a request is tried again"),
    "retry_delay": setting("GRAPH_RETRY_SECONDS", seconds(60), _GRAPH.retry_delay, "first pause before that, doubled each time"),
    "timeout": setting("GRAPH_TIMEOUT_SECONDS", seconds(300), _GRAPH.timeout, "longest wait for one answer"),
    "lookups_per_run": setting("LOOKUPS_PER_RUN", whole(0, 1000), _GRAPH.lookups_per_run, "sign-ins fetched by id in one run"),
}
POLL: dict[str, Setting] = {
    "overlap_minutes": setting("OVERLAP_MINUTES", whole(60, 24 * 60), _POLL.overlap_minutes, "how far sign-ins are read again"),
    "risk_look_back_hours": setting(
        "RISK_LOOK_BACK_HOURS",
        whole(72, 30 * 24),
        _POLL.risk_look_back_hours,
        "the same for risk detections; offline ones take up to 48 hours",
    ),
    "sweep_hours": setting("SWEEP_HOURS", whole(1, 30 * 24), _POLL.sweep_hours, "how far the sweep looks for risky sign-ins"),
    "end_delay_seconds": setting("END_DELAY_SECONDS", whole(0, 3600), _POLL.end_delay_seconds, "newest seconds left to the next poll"),
    "first_look_back_hours": setting(
        "FIRST_LOOK_BACK_HOURS", whole(1, 30 * 24), _POLL.first_look_back_hours, "how far the first poll looks back, at least the overlap"
    ),
    "retention_days": setting("RETENTION_DAYS", whole(1, 30), _POLL.retention_days, "what the tenant keeps; 7 without Entra ID P1"),
    "slice_minutes": setting("MAX_SLICE_MINUTES", whole(1, 24 * 60), _POLL.slice_minutes, "longest slice of sign-ins"),
    "deadline_seconds": setting(
        "RUN_DEADLINE_SECONDS",
        whole(30, 1500),
        _POLL.deadline_seconds,
        "when a run stops; a little below the time between two polls, and a minute below the time limit of the host",
    ),
}
STATE_TABLE_ENDPOINT = optional("STATE_TABLE_ENDPOINT", URL, "Table service of the storage account, which keeps cursors")
STATE_QUEUE_ENDPOINT = optional("STATE_QUEUE_ENDPOINT", URL, "Queue service of the storage account, which keeps dead letters")
STATE_CONNECTION = SecretField(name="STATE_CONNECTION", kind=TEXT, help="instead of both, for an emulator")
CHECKPOINT_TABLE = setting("CHECKPOINT_TABLE", TEXT, "gatewatch", "name of the table")
DEAD_LETTER_QUEUE = setting("DEAD_LETTER_QUEUE", TEXT, "gatewatch-dead-letters", "name of the dead-letter queue")
TEMPLATE_VERSION = optional(
    "TEMPLATE_VERSION", TEXT, "release of the template that made this deployment; the template sets it, `gatewatch doctor azure` reads it"
)
TUNING = optional("TUNING", TEXT, "the tuning itself (TOML or JSON): the seed of the policy")

SCHEDULES: tuple[Setting, ...] = (
    required("POLL_SCHEDULE", TEXT, "NCRONTAB schedule of the polls, six fields, UTC; the Functions host reads it"),
    required("SWEEP_SCHEDULE", TEXT, "NCRONTAB schedule of the sweep, six fields, UTC; the Functions host reads it"),
)
OWN_CHANNELS: tuple[str, ...] = ()
"""No channel needs an Azure SDK."""

SETTINGS: tuple[Setting, ...] = (
    *GRAPH.values(),
    *POLL.values(),
    STATE_TABLE_ENDPOINT,
    STATE_QUEUE_ENDPOINT,
    STATE_CONNECTION,
    CHECKPOINT_TABLE,
    DEAD_LETTER_QUEUE,
    stores.GATEWATCH_STORE,
    *stores.SETTINGS,
    *notify.settings(OWN_CHANNELS),
    TUNING,
    TUNING_FILE,
    TEMPLATE_VERSION,
    geo.GATEWATCH_GEO,
)


class Settings(Struct, frozen=True, kw_only=True):
    """What the function app was told."""

    graph: GraphSettings
    poll: PollSettings
    values: Values


def _state_is_placed(values: Values) -> list[SettingProblem]:
    if values.given(STATE_CONNECTION):
        return []
    places = (STATE_TABLE_ENDPOINT, STATE_QUEUE_ENDPOINT)
    return [SettingProblem(one, f"is not set: {one.help} (or STATE_CONNECTION for an emulator)") for one in places if not values.given(one)]


def _graph_fits(values: Values) -> list[SettingProblem]:
    found: list[SettingProblem] = []
    missing = [name for name in values[STREAMS] if name in BETA_ONLY and values[GRAPH_API] == V1_0]
    if missing:
        found.append(SettingProblem(STREAMS, f"names {' and '.join(missing)}: that needs GRAPH_API=beta or auto"))
    if values[FURTHER_TENANTS] and not values.given(CLIENT_ID):
        found.append(SettingProblem(FURTHER_TENANTS, "needs GRAPH_CLIENT_ID: a managed identity reads its own tenant only"))
    if values.given(CLIENT_ID) != values.given(CLIENT_SECRET):
        found.append(SettingProblem(CLIENT_ID, "and GRAPH_CLIENT_SECRET belong together: set both, or neither to use the managed identity"))
    return found


def by_tenant(found: Settings) -> list[Settings]:
    """The same settings for each tenant that is read, each once."""
    first = found.graph
    others = (one for one in first.further_tenants if one.casefold() != first.tenant_id.casefold())
    return [found, *(structs.replace(found, graph=structs.replace(first, tenant_id=one)) for one in others)]


def load(environment: Mapping[str, str], *, placed: bool = True) -> Settings:
    """The settings in this mapping; raises ``ConfigError`` naming every problem at once. What is wrong with a channel alone raises nothing.

    ``placed``: whether state must have its place in a storage account; a terminal keeps its own.
    """
    checks = (*([_state_is_placed] if placed else []), stores.is_named, _graph_fits)
    values = read(SETTINGS, environment, host=HOST, checks=checks, tolerated=notify.channel_settings(OWN_CHANNELS))
    return Settings(graph=GraphSettings(**_named(GRAPH, values)), poll=PollSettings(**_named(POLL, values)), values=values)


def _named(settings: Mapping[str, Setting], values: Values) -> dict[str, Any]:
    return {name: values[one] for name, one in settings.items()}
