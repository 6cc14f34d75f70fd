"""Hostile text in any string of a provider's samples stays text: in the SNS message, the Teams card, the terminal and the documents."""

import ipaddress
import json
import unicodedata
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from gatewatch import evidence as ev
from gatewatch.documents import alert_document, evidence_document, evidence_from_document
from gatewatch.documents.fields import FIELDS, OPAQUE
from gatewatch.flow.decoding import event as decode
from gatewatch.flow.pipeline import process
from gatewatch.model import Event, Ignored, RawRecord, Refused
from gatewatch.notify import card as cards
from gatewatch.notify import text
from gatewatch.notify.terminal import render
from gatewatch.ports import Notice
from gatewatch.providers.ecs import leaves
from tests.builders.common import NOON
from tests.support.channels import NOW, Channel, bundle
from tests.support.samples import alert_of, each, every_provider

HOSTILE = (
    "<script>alert(1)</script> <at>Everyone</at> **bold** [open](http://evil.example/a) =HYPERLINK(1) ${jndi:x} "
    "https://evil.example/b \u202egnp.exe\u2066 \u200bzero nul\x00 bell\x07 clear\x1b[2J\r\nSubject: forged\u2028line\x85next \U000e0041"
)
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
TYPES = {field.name: field.type for field in FIELDS}
OURS = ("console.aws.amazon.com", "entra.microsoft.com")  # the only pages that providers link to; ids join it only in the vendor's own form


def strings(value, path=()):
    """The path of every string in a record."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from strings(inner, (*path, key))


def replaced(value, path, text):
    """The record with one string replaced."""
    if not path:
        return text
    changed = value.copy()
    changed[path[0]] = replaced(value[path[0]], path[1:], text)
    return changed


PLACES = [
    pytest.param(*one.values, path, id=f"{one.id}: {'.'.join(map(str, path))}")
    for one in each(kept=True)
    for path in strings(one.values[1].record)
]
everywhere = pytest.mark.parametrize(("provider", "sample", "path"), PLACES)


def poisoned(sample, path) -> RawRecord:
    return RawRecord(data=replaced(sample.record, path, HOSTILE), tenant=sample.tenant, fetched=NOON, wanted=True)


def notices(provider, record: RawRecord) -> list[Notice]:
    """What people are told of this record: by its own rules, and by an alert that quotes nothing but the event."""
    channel = Channel("sns")
    process([record], bundle(None, channel))
    event = decode(record)
    if not isinstance(event, Event):
        return channel.notices
    return [*channel.notices, Notice(alert=alert_of(provider, event), why="new")]


def hidden_in(shown: str) -> set[str]:
    return {character for character in shown if unicodedata.category(character) in HIDDEN} - {"\n"}


def stays_text(shown: str) -> bool:
    """No hidden character, no line of the attacker's own, and no address that a client would make a link of."""
    return not hidden_in(shown) and not any(line.lstrip().startswith("Subject:") for line in shown.split("\n")) and "://evil" not in shown


def runs(node) -> list[dict]:
    if isinstance(node, dict):
        return ([node] if node.get("type") == "TextRun" else []) + [run for value in node.values() for run in runs(value)]
    return [run for item in node for run in runs(item)] if isinstance(node, list) else []


@every_provider
def test_most_strings_of_a_provider_may_hold_anything(provider):
    """Else the tests below would prove nothing: a refused record is shown to nobody."""
    of_it = [place.values for place in PLACES if place.values[0] is provider]
    read = [isinstance(decode(poisoned(sample, path)), Event) for _, sample, path in of_it]

    assert sum(read) > len(of_it) * 0.7


@everywhere
def test_a_record_ends_as_an_event_or_with_a_known_reason(provider, sample, path):
    found = decode(poisoned(sample, path))

    assert isinstance(found, Event | Refused) or found.reason in provider.ignore_reasons
    assert HOSTILE not in ("" if isinstance(found, Event) else found.reason)
    assert isinstance(found, Ignored | Refused) or provider.keep(found, bundle().tuning) in {None, *provider.ignore_reasons}


@everywhere
def test_it_stays_text_for_people(provider, sample, path):
    for notice in notices(provider, poisoned(sample, path)):
        assert stays_text(text.message(notice))
        assert stays_text(render(notice))
        subject = text.subject(notice)
        assert subject.isascii()
        assert subject.isprintable()
        assert len(subject) <= text.SUBJECT_LIMIT_CHARACTERS


@everywhere
def test_it_stays_text_in_a_card(provider, sample, path):
    for notice in notices(provider, poisoned(sample, path)):
        message = cards.card(notice)
        content = message["attachments"][0]["content"]
        assert not hidden_in("".join(run["text"] for run in runs(message)))
        assert {node["type"] for node in content["body"]} <= {"Container", "RichTextBlock"}
        assert "entities" not in json.dumps(message)
        opened = [urlsplit(action["url"]) for action in content.get("actions", [])]
        assert all(url.scheme == "https" and (url.hostname or "").endswith(OURS) for url in opened)


@everywhere
def test_it_stays_a_value_in_a_document(provider, sample, path):
    event = decode(poisoned(sample, path))
    if not isinstance(event, Event):
        return
    evidence = ev.make(event, fetched=NOON, now=NOW)
    documents = [evidence_document(evidence)]
    documents += [alert_document(notice.alert) for notice in notices(provider, poisoned(sample, path))]

    for document in documents:
        assert [name for name, value in leaves(document, OPAQUE) if not fits(value, TYPES[name])] == []
    assert evidence_from_document(json.loads(json.dumps(documents[0]))) == evidence


def fits(value, kind: str) -> bool:
    """Whether an index would take this value for a field of this type, and nothing but this value."""
    if isinstance(value, list):
        return kind == "object" or all(fits(item, kind) for item in value)
    match kind:
        case "ip":
            return bool(ipaddress.ip_address(value))
        case "date":
            return bool(datetime.fromisoformat(value))
        case "keyword" | "text":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "long" | "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, dict)
