"""Addresses a responder may open. Only the operator's own bases become links; ids join them only in a known, harmless form."""

from urllib.parse import quote

from msgspec import Struct

from ..model import Alert, AlertEvent, Link
from ..reading.late_pattern import LatePattern

_RULE = LatePattern(r"[a-z0-9_]{1,80}")
_PAGE = LatePattern(r"https://[A-Za-z0-9.-]{1,253}(/[A-Za-z0-9/?=&#_~.:%+-]{0,600})?")
_LABEL = LatePattern(r"[A-Za-z0-9 -]{1,40}")
_LOOKUP = LatePattern(r"[A-Z][A-Za-z .-]{1,80}: (?!\S*//)[A-Za-z]+ (https://[a-z]+\.|[a-z])[A-Za-z0-9 =,./?&$'_-]{1,300}")
_ALERT_ID = LatePattern(r"[A-Za-z0-9._|-]{1,128}")


class Links(Struct, frozen=True, kw_only=True):
    """Where this deployment's pages are. ``document`` holds ``{id}``, the alert's id, e.g. a saved Kibana search."""

    runbooks: str | None = None  # base: <runbooks>/<rule-id>.md
    document: str | None = None


def runbook(rule: str, links: Links) -> str:
    """The playbook's address, or its place in the repository."""
    page = f"{rule}.md" if _RULE.fullmatch(rule) else ""
    return f"{links.runbooks.rstrip('/')}/{page}" if links.runbooks else f"docs/playbooks/{page}"


def pages(alert: Alert, lead: AlertEvent, links: Links) -> tuple[Link, ...]:
    """The links of a notification: runbook, alert, and the record where its provider has a page for it."""
    offered = [
        Link("Runbook", runbook(lead.rule, links)),
        Link("Alert document", _document(alert, links)),
        *(link for text in lead.texts[::-1] for link in text.links if is_page(link)),
    ]
    return tuple(link for link in offered if link.url.startswith("https://"))


def is_page(link: Link) -> bool:
    """Whether a stored link is an https address in a known, harmless form, under a name that is short and plain."""
    return _PAGE.fullmatch(link.url) is not None and _LABEL.fullmatch(link.label) is not None


def is_lookup(text: str) -> bool:
    """Whether a stored command or request has the form of our own: a label, a word, and an https address or plain arguments."""
    return _LOOKUP.fullmatch(text) is not None and text.count("//") <= 1


def _document(alert: Alert, links: Links) -> str:
    known = links.document if links.document and _ALERT_ID.fullmatch(alert.id) else ""
    return known.replace("{id}", quote(alert.id, safe="")) if known else ""
