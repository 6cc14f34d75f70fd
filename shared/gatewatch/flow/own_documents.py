"""Gatewatch's own documents as input: evidence taken out of an index, to try a policy on it or to carry a case elsewhere.

An evidence document holds the whole typed evidence, so its event is read back and not decoded anew, with the id and the time under which it is
stored. An id is a digest of what it names: one that does not fit is not believed, or a forged document could take the place of the real one.
Documents of alerts, responses and familiarity hold no record; they are ignored by name.
"""

from collections.abc import Mapping

import msgspec
from msgspec import structs

from ..documents.evidence import TYPED
from ..errors import SourceError
from ..evidence import evidence_id
from ..model import Event, Evidence, Place
from ..providers.codec import convert

OWN = "gatewatch"
WITHOUT_EVIDENCE = "gatewatch_document_without_evidence"
_COMMON = frozenset(Event.__struct_fields__) | {"kind"}


def stored_evidence(data: object) -> Evidence | str | None:
    """The evidence in a document of Gatewatch, or why there is none; None for any other record. Its id is empty if it does not fit.

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
        return _believed(convert(_with_detail(typed), Evidence))
    except msgspec.ValidationError as error:
        raise SourceError("evidence_document_unreadable", str(error)) from error


def _believed(evidence: Evidence) -> Evidence:
    event = evidence.event
    before = structs.replace(
        event, place=Place(address=event.place.address, ip=event.place.ip)
    )  # the id is taken before geography is added
    fits = evidence.id in {evidence_id(one, evidence.fetched) for one in (event, before)}
    return evidence if fits else structs.replace(evidence, id="")


def _with_detail(typed: object) -> object:
    """Documents written before the detail had one name have it under the name of its kind (``aws``, ``process``, ...)."""
    event = typed.get("event") if isinstance(typed, dict) else None
    if not isinstance(typed, dict) or not isinstance(event, Mapping) or "detail" in event:
        return typed
    named = [value for name, value in event.items() if name not in _COMMON and isinstance(value, dict)]
    if len(named) != 1:
        return typed
    return {**typed, "event": {**event, "detail": {**named[0], "kind": event.get("kind")}}}
