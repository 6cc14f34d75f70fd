"""Gatewatch's own documents as input: evidence taken out of an index, to try a policy on it or to carry a case elsewhere.

An evidence document holds the whole typed evidence, so its event is read back and not decoded anew, with the id and the time under which it is
stored. Documents of alerts, responses and familiarity hold no record; they are ignored by name.
"""

from collections.abc import Mapping

import msgspec

from ..documents.evidence import TYPED
from ..errors import SourceError
from ..model import Event, Evidence
from ..providers.codec import convert

OWN = "gatewatch"
WITHOUT_EVIDENCE = "gatewatch_document_without_evidence"
_COMMON = frozenset(Event.__struct_fields__) | {"kind"}


def stored_evidence(data: object) -> Evidence | str | None:
    """The evidence in a document of Gatewatch, or why there is none; None for any other record.

    Raises:
        SourceError: the evidence cannot be read.
    """
    own = data.get(OWN) if isinstance(data, dict) else None
    if not isinstance(own, dict):
        return None
    typed = own.get(TYPED)
    if typed is None:
        return WITHOUT_EVIDENCE
    try:
        return convert(_with_detail(typed), Evidence)
    except msgspec.ValidationError as error:
        raise SourceError("evidence_document_unreadable", str(error)) from error


def _with_detail(typed: object) -> object:
    """Documents written before the detail had one name have it under the name of its kind (``aws``, ``process``, ...)."""
    event = typed.get("event") if isinstance(typed, dict) else None
    if not isinstance(typed, dict) or not isinstance(event, Mapping) or "detail" in event:
        return typed
    named = [value for name, value in event.items() if name not in _COMMON and isinstance(value, dict)]
    if len(named) != 1:
        return typed
    return {**typed, "event": {**event, "detail": {**named[0], "kind": event.get("kind")}}}
