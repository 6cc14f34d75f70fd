"""Every error Gatewatch raises on purpose.

GatewatchError
├── ConfigError            a setting or tuning file is wrong; names the setting and the fix
├── SourceError            a raw record was refused; ``reason`` is a counted, low-cardinality name
├── StoreError             the store answered, and said no
│   ├── StoreUnavailable   the store is away or pushes back: retry later, nothing is lost
│   └── Conflict           somebody else wrote first: read again and recompute
└── NotifyError            a channel did not take a notification
    └── NotifyUnavailable  the channel is away or throttles: the notification stays owed
"""


class GatewatchError(Exception):
    """The root of every error raised on purpose."""


class ConfigError(GatewatchError):
    """One or more settings are wrong; ``problems`` lists all of them, each naming the setting and the fix."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class SourceError(GatewatchError):
    """A raw record that cannot become an event.

    ``reason`` is a stable snake_case name that is safe to count and log; ``detail`` may quote the record, never log it raw.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class StoreError(GatewatchError):
    """The store answered and refused the request."""


class StoreUnavailable(StoreError):  # noqa: N818 - named for the state, as callers read it
    """The store is away, throttles, or is blocked by its operator: retry later."""


class Conflict(StoreError):  # noqa: N818 - named for the state, as callers read it
    """A compare-and-swap lost: read again and recompute."""


class NotifyError(GatewatchError):
    """A channel refused a notification; sending the same again will not help."""


class NotifyUnavailable(NotifyError):  # noqa: N818 - named for the state, as callers read it
    """The channel is away or throttles; the notification stays owed."""
