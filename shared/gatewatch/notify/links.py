"""Addresses a responder may open. Only the operator's own bases become links; ids join them only in a known, harmless form."""

import re
from urllib.parse import quote

from msgspec import Struct

from ..model import Alert
from ..providers.catalogue import provider_of
from ..providers.provider import Link

_RULE = re.compile(r"[a-z0-9_]{1,80}")
_ALERT_ID = re.compile(r"[A-Za-z0-9._|-]{1,128}")


class Links(Struct, frozen=True, kw_only=True):
    """Where this deployment's pages are. ``document`` holds ``{id}``, the alert's id, e.g. a saved Kibana search."""

    runbooks: str | None = None  # base: <runbooks>/<rule-id>.md
    document: str | None = None


def from_settings(runbooks: str | None, document: str | None) -> Links:
    """The operator's bases; one that is not https is left out, because a notification must not carry it."""
    return Links(runbooks=_https(runbooks), document=_https(document))


def _https(url: str | None) -> str | None:
    return url.strip() if url and url.strip().startswith("https://") else None


def runbook(alert: Alert, links: Links) -> str:
    """The playbook's address, or its place in the repository."""
    page = f"{alert.rule}.md" if _RULE.fullmatch(alert.rule) else ""
    return f"{links.runbooks.rstrip('/')}/{page}" if links.runbooks else f"docs/playbooks/{page}"


def found(alert: Alert, links: Links) -> tuple[Link, ...]:
    """The links of a notification: runbook, document, and the record where its provider has a page for it."""
    offered = [
        Link("Runbook", runbook(alert, links)),
        Link("Alert document", _document(alert, links)),
        *provider_of(alert.lead.event).links_for_people(alert.lead.event),
    ]
    return tuple(link for link in offered if link.url.startswith("https://"))


def _document(alert: Alert, links: Links) -> str:
    known = links.document if links.document and _ALERT_ID.fullmatch(alert.id) else ""
    return known.replace("{id}", quote(alert.id, safe="")) if known else ""
