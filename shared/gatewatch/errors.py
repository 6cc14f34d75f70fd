"""Every error that Gatewatch raises on purpose.

GatewatchError
├── ConfigError            a setting or tuning file is wrong; names the setting and the fix
├── SourceError            a raw record was refused; ``reason`` is one of a few names and is counted
├── StoreError             the store refused the request
│   ├── StoreUnavailable   the store cannot be reached or throttles: retry later, nothing is lost
│   ├── Conflict           another writer was first: read again and recompute
│   └── NewerDocument      a later release wrote what was read: leave it to that release
└── NotifyError            a channel refused a notification
    └── NotifyUnavailable  the channel cannot be reached or throttles: the notification stays pending
"""


class GatewatchError(Exception):
    """The base class of every error that Gatewatch raises on purpose."""


class ConfigError(GatewatchError):
    """One or more settings are wrong. ``problems`` has one text for each, with the setting and the fix."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class SourceError(GatewatchError):
    """A raw record cannot become an event.

    ``reason`` is a stable snake_case name that is safe to count and log. ``detail`` may quote the record and must not be logged raw.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class StoreError(GatewatchError):
    """The store refused the request."""


class StoreUnavailable(StoreError):  # noqa: N818 - named for the state, as callers read it
    """The store cannot be reached, throttles, or is blocked by its operator: retry later."""


class Conflict(StoreError):  # noqa: N818 - named for the state, as callers read it
    """A compare-and-swap failed because another writer was first: read again and recompute."""


class NewerDocument(StoreError):  # noqa: N818 - named for what was met
    """A document of a later release. It stays as it is: this release would lose what it does not know."""


class NotifyError(GatewatchError):
    """A channel refused a notification. Sending it again does not help."""


class NotifyUnavailable(NotifyError):  # noqa: N818 - named for the state, as callers read it
    """The channel cannot be reached or throttles. The notification stays pending."""
