"""Who, where, what and how of one event, in a responder's words. Values are raw here; ``words`` makes them visible."""

from ..model import Activity, Alert, Event, Fact, Outcome, Subject
from ..providers.entra.spelling import spelled
from ..providers.entra.vocabulary import BLOCKED_AFTER_PASSWORD, CLOUD_CLI_APPS
from .moments import when
from .safe import visible

_AGENT, _NAME = 120, 120
_ROLES = {
    Subject.ROOT: "AWS root user",
    Subject.IAM_USER: "IAM user",
    Subject.SAML_ROLE: "SAML federated role session",
    Subject.IDENTITY_CENTER_ROLE: "Identity Center role session",
    Subject.INSTANCE_ROLE: "EC2 instance role session",
    Subject.ASSUMED_ROLE: "assumed role session",
    Subject.FEDERATED_USER: "federated user",
    Subject.ENTRA_USER: "Entra user",
    Subject.SERVICE_PRINCIPAL: "service principal",
    Subject.ENDPOINT_USER: "endpoint user",
    Subject.HIDDEN: "name hidden by AWS (a wrong user name was typed)",
}
_FEDERATED = frozenset({Subject.SAML_ROLE, Subject.IDENTITY_CENTER_ROLE})


def name(event: Event) -> str:
    """The name people know."""
    if event.subject is Subject.ROOT:
        return f"root of {event.account or 'an unknown account'}"
    return event.user_name or event.person or event.principal or "somebody unknown"


def who(alert: Alert) -> str:
    """Name, kind, ARN or object id, display name in quotes, and what makes this person special."""
    event = alert.lead.event
    detail = event.aws.arn if event.aws else event.entra.user_id if event.entra else event.risk.user_id if event.risk else None
    parts = [visible(name(event), _NAME), _ROLES.get(event.subject, ""), visible(detail or "", _NAME)]
    if event.display_name and event.display_name != name(event):
        parts.append(f'display name "{visible(event.display_name, 60)}"')
    return ", ".join(part for part in [*parts, *tags(alert)] if part)


def tags(alert: Alert) -> list[str]:
    """PRIVILEGED and BREAK-GLASS, as the score's own lines say."""
    names = [addend.name.casefold() for addend in alert.addends]
    found = ["PRIVILEGED"] if any("privileged" in text for text in names) else []
    return [*found, "BREAK-GLASS"] if "break_glass_signin" in alert.rules else found


def where(event: Event) -> str:
    """Address, place and network, as far as they are known."""
    place = event.place
    if event.process is not None and place.address is None:
        return ""  # the host is in what was done
    network = f"AS{place.asn}" if place.asn else ""
    if place.as_organization:
        network = f"{network} {visible(place.as_organization, 60)}".strip()
    town = ", ".join(visible(part, 40) for part in (place.city, place.country) if part)
    return ", ".join(part for part in (place.ip or place.address or "unknown address", town or "country unknown", network) if part)


def what(event: Event) -> str:
    """What was used: console, command line or application, with the client."""
    agent = f"client {visible(event.user_agent, _AGENT)}" if event.user_agent else ""
    return ", ".join(part for part in (_used(event), agent) if part)


def _used(event: Event) -> str:
    if event.aws is not None:
        return f"{visible(event.aws.event_name, 60)} in {event.aws.region or 'an unknown region'}"
    if event.entra is not None:
        entra = event.entra
        known = CLOUD_CLI_APPS.get(entra.app_id or "")
        app = f"{known} (cloud command line)" if known else visible(entra.app_name or "unknown application", 60)
        return f"{app} to {visible(entra.resource_name, 60)}" if entra.resource_name else app
    if event.risk is not None:
        return f"risk detection {visible(event.risk.risk_type or 'of unknown type', 60)}"
    if event.process is None:
        return visible(event.action, 60)
    host = event.process.host_name or event.process.host_id or "an unknown host"
    line = event.process.command_line or " ".join(event.process.args) or event.process.name or ""
    return f"{visible(line, _AGENT)} on {visible(host, 60)}"


def outcome(activity: Activity) -> str:
    """What became of it, what MFA says, and the risk as Entra tells it."""
    event = activity.event
    return "; ".join(part for part in (_result(event), mfa(activity), _risk(activity)) if part)


def _result(event: Event) -> str:
    entra = event.entra
    if entra is not None and event.outcome is Outcome.FAILURE and entra.error_code in BLOCKED_AFTER_PASSWORD:
        return f"password right, then stopped by policy (error {entra.error_code})"
    if event.outcome is Outcome.UNKNOWN:
        return "outcome unknown" if event.risk is None else ""
    return event.outcome.value


def mfa(activity: Activity) -> str:
    """What is known of MFA, and who says so."""
    event = activity.event
    if event.subject in _FEDERATED:
        said = {Fact.PRESENT: "satisfied there", Fact.ABSENT: "absent there", Fact.UNKNOWN: "unknown", None: "unknown"}
        source = f" (Entra sign-in {activity.mfa_source})" if activity.mfa_source else ""
        return f"MFA is the identity provider's: {said[activity.mfa_verdict]}{source}"
    fact = event.aws.mfa_used if event.aws else event.entra.mfa if event.entra else None
    return {Fact.PRESENT: "MFA used", Fact.ABSENT: "no MFA", Fact.UNKNOWN: "MFA unknown", None: ""}[fact]


def _risk(activity: Activity) -> str:
    event = activity.event
    detections = [event, *activity.detections]
    entra = event.entra
    levels = [entra.level_during, entra.level_aggregated] if entra else []
    levels += [found.risk.level for found in detections if found.risk]
    types = [*(entra.risk_types if entra else ()), *(found.risk.risk_type for found in detections if found.risk and found.risk.risk_type)]
    stated = ", ".join(dict.fromkeys(level for level in levels if level and level != "none"))
    named = ", ".join(visible(kind, 60) for kind in dict.fromkeys(types))
    state = entra.risk_state if entra else event.risk.state if event.risk else None
    shown = " ".join(part for part in (f"risk {stated}" if stated else "risk type" if named else "", f"({named})" if named else "") if part)
    return f"{shown}, state {visible(spelled(state) or state, 40)}" if shown and state and state != "none" else shown


def account(event: Event) -> str:
    """AWS account or Entra tenant."""
    if not event.account:
        return ""
    return f"{'AWS account' if event.aws else 'Entra tenant'} {event.account}"


def other_side(alert: Alert) -> str:
    """The other half of a cross-cloud pair."""
    if alert.partner is None:
        return ""
    event = alert.partner.event
    told = f"{when(alert.partner.time)}: {visible(name(event), _NAME)}, {visible(_used(event), 80)}, from {visible(where(event), 80)}"
    return f"{told}; {visible(outcome(alert.partner), 80)}"
