"""The ports of the pipeline: store, channels, geography, look-up and clock. Every implementation passes the contract suite of its port."""

from .bundle import PolicyMemory, Ports
from .channels import Notice, Notifier, PlainNotice, PlainNotifier
from .records import (
    AlertQuery,
    AlertWrite,
    Appended,
    AppendResult,
    EvidenceContext,
    Span,
    State,
    StateDocument,
    StateKey,
    StateWrite,
    Stored,
    Written,
)
from .store import Store
from .surroundings import Clock, Geo, Lookup

__all__ = [
    "AlertQuery",
    "AlertWrite",
    "AppendResult",
    "Appended",
    "Clock",
    "EvidenceContext",
    "Geo",
    "Lookup",
    "Notice",
    "Notifier",
    "PlainNotice",
    "PlainNotifier",
    "PolicyMemory",
    "Ports",
    "Span",
    "State",
    "StateDocument",
    "StateKey",
    "StateWrite",
    "Store",
    "Stored",
    "Written",
]
