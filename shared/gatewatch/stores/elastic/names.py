"""The names of one installation on a server. Pure.

An installation is a namespace: lower case letters, digits and ``_``, no hyphen. Everything it owns ends in the namespace, or in the
namespace, a hyphen and a month, so no name and no pattern of one installation matches another, also where one namespace begins with another.
"""

import re

from msgspec import Struct

from ...errors import ConfigError
from ..namespace import NAMESPACE_FORM, NAMESPACE_PATTERN, is_namespace

_OF_INDEX = re.compile(rf"gatewatch-(?:alerts-(?P<a>{NAMESPACE_PATTERN})-.+|(?:policy|familiarity)-(?P<b>{NAMESPACE_PATTERN}))")
_OF_STREAM = re.compile(rf"logs-gatewatch\.(?:signin|response)-(?P<a>{NAMESPACE_PATTERN})")
_OF_TEMPLATE = re.compile(rf"gatewatch-(?:alerts|evidence|response|policy|familiarity)-(?P<a>{NAMESPACE_PATTERN})(?:@.+)?")
_FORMS = {"index": _OF_INDEX, "data stream": _OF_STREAM, "component template": _OF_TEMPLATE, "index template": _OF_TEMPLATE}


class Names(Struct, frozen=True):
    """Every index, data stream, alias, template and pipeline of one installation."""

    namespace: str = "default"

    def __post_init__(self) -> None:
        """Refuse what could match another installation."""
        if not is_namespace(self.namespace):
            raise ConfigError(f"{self.namespace!r} is no namespace: {NAMESPACE_FORM}")

    @property
    def evidence(self) -> str:
        """The data stream of the evidence."""
        return f"logs-gatewatch.signin-{self.namespace}"

    @property
    def responses(self) -> str:
        """The data stream of what responders said."""
        return f"logs-gatewatch.response-{self.namespace}"

    @property
    def alerts(self) -> str:
        """The alias through which people and Kibana read all months of alerts."""
        return f"gatewatch-alerts-{self.namespace}"

    @property
    def alert_months(self) -> str:
        """The pattern of the monthly indices of alerts."""
        return f"{self.alerts}-*"

    def alert_month(self, day: str) -> str:
        """The index of the alerts of a UTC day, given as an ISO date."""
        return f"{self.alerts}-{day[:4]}.{day[5:7]}"

    @property
    def policy(self) -> str:
        """The index of the policy and its history: hosts read it, only an operator writes it."""
        return f"gatewatch-policy-{self.namespace}"

    @property
    def familiarity(self) -> str:
        """The index of the familiarity, the engine in force and the open jobs: hosts write it."""
        return f"gatewatch-familiarity-{self.namespace}"

    def state(self, kind: str) -> str:
        """The index of one kind of small document (``gatewatch.ports.StateKey``)."""
        return {"policy": self.policy, "familiarity": self.familiarity}[kind]

    @property
    def author_pipeline(self) -> str:
        """The final pipeline of the responses, in which the server writes who sent one."""
        return f"gatewatch-response-{self.namespace}"

    @property
    def evidence_template(self) -> str:
        """The index template of the evidence, and the beginning of the names of its component templates."""
        return f"gatewatch-evidence-{self.namespace}"

    @property
    def response_template(self) -> str:
        """The same for the responses; the other indices' templates are called as their indices are."""
        return f"gatewatch-response-{self.namespace}"


def namespace_of(what: str, name: str) -> str | None:
    """The installation that an index, data stream, component template or index template belongs to by its name; None: to none."""
    found = _FORMS[what].fullmatch(name)
    return next(filter(None, found.groupdict().values())) if found else None
