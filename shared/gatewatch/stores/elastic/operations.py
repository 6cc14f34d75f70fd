"""How the store writes one document: which index, which id, which body, over which version. Pure."""

import hashlib

import msgspec

from ...alerts.group import alert_id
from ...documents import alert_document, evidence_document
from ...evidence import links as links_of
from ...evidence import mentions
from ...model import Event, Evidence, GroupKey
from ...model.tokens import address_token
from ...model.tokens import subjects as subjects_of
from ...ports import AlertWrite, StateKey, StateWrite
from . import queries
from .bulk import Op
from .names import Names


def evidence_op(names: Names, item: Evidence) -> Op:
    """One evidence document, with the tokens that its context is read by."""
    document = evidence_document(item, namespace=names.namespace)
    found_by = (*subjects_of(item.event), *_address(item.event), *mentions(item.event))
    document["gatewatch"]["subjects"] = [queries.token(name) for name in found_by]
    document["gatewatch"]["links"] = [queries.token(name) for name in links_of(item.event)]
    return Op(index=names.evidence, id=item.id, document=msgspec.json.encode(document))


def alert_op(names: Names, write: AlertWrite) -> Op:
    """One alert document, in the month of its day."""
    document = alert_document(write.alert, namespace=names.namespace)
    key = write.alert.key
    return Op(index=index_of(names, key), id=document_id(key), document=msgspec.json.encode(document), version=_version(write.version))


def state_op(names: Names, write: StateWrite) -> Op:
    """One small document."""
    document = {"gatewatch": {"state": msgspec.Raw(write.body), "state_id": write.key.id}}
    key = write.key
    return Op(index=index_of(names, key), id=document_id(key), document=msgspec.json.encode(document), version=_version(write.version))


def index_of(names: Names, key: GroupKey | StateKey) -> str:
    """The index of an alert or a small document."""
    return names.alert_month(key.day) if isinstance(key, GroupKey) else names.state(key.kind)


def document_id(key: GroupKey | StateKey) -> str:
    """The ``_id`` of an alert or a small document; long or odd ids by their hash."""
    return alert_id(key) if isinstance(key, GroupKey) else hashlib.sha256(key.id.encode("utf-8", "surrogatepass")).hexdigest()


def _address(event: Event) -> tuple[str, ...]:
    address = address_token(event)
    return (address,) if address else ()


def _version(written: str | None) -> tuple[int, int] | None:
    if written is None:
        return None
    sequence, _, term = written.partition(":")
    return int(sequence), int(term)
