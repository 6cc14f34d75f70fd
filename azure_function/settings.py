"""Every setting of the function app: typed, named, with its default, all problems reported together."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from gatewatch.errors import ConfigError
from gatewatch.model import Severity

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
STREAM_NAMES = ("sign_ins", "non_interactive", "risk_detections")


class Secret(Struct, frozen=True, repr_omit_defaults=True):
    """A value that no log and no ``repr`` may show."""

    value: str = ""

    def __repr__(self) -> str:
        return "Secret(***)" if self.value else "Secret()"

    def __bool__(self) -> bool:
        return bool(self.value)


class GraphSettings(Struct, frozen=True, kw_only=True):
    """How Microsoft Graph is reached and what is read. Intervals are seconds unless the name says otherwise."""

    tenant_id: str
    base_url: str = "https://graph.microsoft.com"
    api: str = "v1.0"
    client_id: str | None = None
    app_client_id: str | None = None
    app_client_secret: Secret = Secret()
    authority: str | None = None
    streams: tuple[str, ...] = ("sign_ins", "risk_detections")
    risk_time_field: str = "lastUpdatedDateTime"
    page_size: int = 1000
    risk_page_size: int = 500
    interval: float = 2.0
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
    slice_minutes: int = 240
    deadline_seconds: int = 240


class Settings(Struct, frozen=True, kw_only=True):
    """What the function app was told."""

    graph: GraphSettings
    poll: PollSettings
    state_endpoint: str | None = None
    queue_endpoint: str | None = None
    state_connection: Secret = Secret()
    checkpoint_table: str = "gatewatch"
    dead_letter_queue: str = "gatewatch-dead-letters"
    store: str | None = None
    elastic_url: str | None = None
    elastic_api_key: Secret = Secret()
    elastic_namespace: str = "default"
    elastic_ca_fingerprint: str | None = None
    elastic_ca_file: str | None = None
    teams_webhook_url: Secret = Secret()
    channels: tuple[str, ...] = ()  # every channel an alert must be told on, also those another worker serves
    notify_from: Severity | None = None  # None leaves it to the tuning
    tuning: str | None = None  # the tuning itself, as TOML or JSON
    tuning_file: str | None = None


class Reader:
    """Reads one mapping and remembers every problem."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self.mapping = mapping
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str | None:
        """The value without blanks around it; an unresolved reference is a problem."""
        value = self.mapping.get(name, "").strip()
        if value.startswith("@Microsoft.KeyVault"):
            self.problems.append(
                f"{name} is an unresolved Key Vault reference: grant the identity 'Key Vault Secrets User' and check the secret"
            )
            return default
        return value or default

    def required(self, name: str, why: str) -> str:
        """A value that must be there."""
        value = self.text(name)
        if value is None and not any(p.startswith(name) for p in self.problems):
            self.problems.append(f"{name} is not set: {why}")
        return value or ""

    def number[T: (int, float)](self, name: str, default: T, low: T, high: T, kind: Callable[[str], T]) -> T:
        """A number in [low, high]."""
        value = self.text(name)
        if value is None:
            return default
        try:
            found = kind(value)
        except ValueError:
            found = None
        if found is None or not low <= found <= high:
            self.problems.append(f"{name} must be a number from {low} to {high}")
            return default
        return found

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return self.number(name, default, low, high, int)

    def seconds(self, name: str, default: float, high: float) -> float:
        """Seconds in [0, high]."""
        return self.number(name, default, 0.0, high, float)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(name, default) or default
        if value not in allowed:
            self.problems.append(f"{name} must be one of {', '.join(allowed)}")
            return default
        return value

    def names(self, name: str, default: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Some of a few words, comma-separated."""
        value = self.text(name)
        if value is None:
            return default
        found = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        if not found or not set(found) <= set(allowed):
            self.problems.append(f"{name} must be a comma-separated list of {', '.join(allowed)}")
            return default
        return found

    def url(self, name: str, default: str | None = None) -> str | None:
        """An https address without credentials; http on loopback only."""
        value = self.text(name, default)
        if value is None:
            return None
        parts = urlsplit(value)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not secure or not parts.hostname or parts.username:
            self.problems.append(f"{name} must be an https:// address without credentials in it")
            return default
        return value.rstrip("/")


def _graph(r: Reader) -> GraphSettings:
    d = GraphSettings(tenant_id="")
    secret = r.text("GRAPH_CLIENT_SECRET")
    settings = GraphSettings(
        tenant_id=r.required("TENANT_ID", "the Entra tenant whose sign-ins are read"),
        base_url=r.url("GRAPH_BASE_URL", d.base_url) or d.base_url,
        api=r.choice("GRAPH_API", d.api, ("v1.0", "beta")),
        client_id=r.text("AZURE_CLIENT_ID"),
        app_client_id=r.text("GRAPH_CLIENT_ID"),
        app_client_secret=Secret(secret or ""),
        authority=r.url("GRAPH_AUTHORITY"),
        streams=r.names("STREAMS", d.streams, STREAM_NAMES),
        risk_time_field=r.choice("RISK_TIME_FIELD", d.risk_time_field, ("lastUpdatedDateTime", "detectedDateTime")),
        page_size=r.whole("PAGE_SIZE", d.page_size, 1, 1000),
        risk_page_size=r.whole("RISK_PAGE_SIZE", d.risk_page_size, 1, 500),
        interval=r.seconds("GRAPH_INTERVAL_SECONDS", d.interval, 60),
        risk_interval=r.seconds("GRAPH_RISK_INTERVAL_SECONDS", d.risk_interval, 60),
        retry_delay=r.seconds("GRAPH_RETRY_SECONDS", d.retry_delay, 60),
        retries=r.whole("GRAPH_RETRIES", d.retries, 0, 20),
        timeout=r.seconds("GRAPH_TIMEOUT_SECONDS", d.timeout, 300),
        lookups_per_run=r.whole("LOOKUPS_PER_RUN", d.lookups_per_run, 0, 1000),
    )
    if "non_interactive" in settings.streams and settings.api != "beta":
        r.problems.append("STREAMS names non_interactive: that needs GRAPH_API=beta")
    if bool(settings.app_client_id) != bool(settings.app_client_secret):
        r.problems.append("GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET belong together: set both, or neither to use the managed identity")
    return settings


def _poll(r: Reader) -> PollSettings:
    d = PollSettings()
    return PollSettings(
        overlap_minutes=r.whole("OVERLAP_MINUTES", d.overlap_minutes, 60, 24 * 60),
        end_delay_seconds=r.whole("END_DELAY_SECONDS", d.end_delay_seconds, 0, 3600),
        risk_look_back_hours=r.whole("RISK_LOOK_BACK_HOURS", d.risk_look_back_hours, 72, 30 * 24),
        sweep_hours=r.whole("SWEEP_HOURS", d.sweep_hours, 1, 30 * 24),
        first_look_back_hours=r.whole("FIRST_LOOK_BACK_HOURS", d.first_look_back_hours, 1, 30 * 24),
        retention_days=r.whole("RETENTION_DAYS", d.retention_days, 1, 30),
        slice_minutes=r.whole("MAX_SLICE_MINUTES", d.slice_minutes, 1, 24 * 60),
        deadline_seconds=r.whole("RUN_DEADLINE_SECONDS", d.deadline_seconds, 10, 1500),
    )


def _places(r: Reader) -> None:
    """What must be set in groups: where state is kept, where evidence goes."""
    if not r.text("STATE_CONNECTION"):
        r.required("STATE_TABLE_ENDPOINT", "the Table service endpoint that keeps the cursor (or STATE_CONNECTION for an emulator)")
        r.required("STATE_QUEUE_ENDPOINT", "the Queue service endpoint that keeps dead letters (or STATE_CONNECTION for an emulator)")
    if not r.text("GATEWATCH_STORE"):
        r.required("ELASTIC_URL", "where evidence and alerts go (or GATEWATCH_STORE=sqlite:FILE for a local run)")
        if r.text("ELASTIC_URL"):
            r.required("ELASTIC_API_KEY", "the key that ELASTIC_URL is opened with")


def read(mapping: Mapping[str, str]) -> Settings:
    """The settings in this mapping; raises ``ConfigError`` naming every problem at once."""
    r = Reader(mapping)
    _places(r)
    d = Settings(graph=_graph(r), poll=_poll(r))
    notify_from = r.choice("NOTIFY_FROM", "tuning", ("tuning", *Severity))
    settings = Settings(
        graph=d.graph,
        poll=d.poll,
        state_endpoint=r.url("STATE_TABLE_ENDPOINT"),
        queue_endpoint=r.url("STATE_QUEUE_ENDPOINT"),
        state_connection=Secret(r.text("STATE_CONNECTION") or ""),
        checkpoint_table=r.text("CHECKPOINT_TABLE", d.checkpoint_table) or d.checkpoint_table,
        dead_letter_queue=r.text("DEAD_LETTER_QUEUE", d.dead_letter_queue) or d.dead_letter_queue,
        store=r.text("GATEWATCH_STORE"),
        elastic_url=r.url("ELASTIC_URL"),
        elastic_api_key=Secret(r.text("ELASTIC_API_KEY") or ""),
        elastic_namespace=r.text("ELASTIC_NAMESPACE", d.elastic_namespace) or d.elastic_namespace,
        elastic_ca_fingerprint=r.text("ELASTIC_CA_FINGERPRINT"),
        elastic_ca_file=r.text("ELASTIC_CA_FILE"),
        teams_webhook_url=Secret(r.url("TEAMS_WEBHOOK_URL") or ""),
        channels=r.names("NOTIFY_CHANNELS", ("teams",) if r.text("TEAMS_WEBHOOK_URL") else (), ("teams", "sns")),
        notify_from=None if notify_from == "tuning" else Severity(notify_from),
        tuning=r.text("TUNING"),
        tuning_file=r.text("TUNING_FILE"),
    )
    if r.problems:
        raise ConfigError(*dict.fromkeys(r.problems))
    return settings
