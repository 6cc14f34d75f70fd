"""The given command lines: what must be seen is seen, what must stay silent is silent."""

import json

from gatewatch.evidence import ignore_reason
from gatewatch.flow.decoding import event as decode
from gatewatch.model import RawRecord
from gatewatch.providers.endpoint.rules import RULES
from gatewatch.providers.rule import Window
from gatewatch.tuning import Tuning
from tests.builders.common import activity


def outcome(record):
    found = decode(RawRecord(data=record))
    matched = any(rule.match(activity(found), Window(), Tuning()) is not None for rule in RULES)
    return matched, matched and ignore_reason(found, Tuning()) is not None


def test_every_given_line_has_the_given_outcome(conformance_data):
    given = [json.loads(line) for line in (conformance_data / "endpoint" / "variants.jsonl").read_text().splitlines()]

    wrong = [line["name"] for line in given if outcome(line["record"]) != (line["want"] == "fires", False)]

    assert len(given) > 100
    assert wrong == []
