"""Where an event goes in the deployed templates: from the bus that it is emitted on, by the rules that take it, to the queue.

The pattern engine is moto's; tests/infra/test_event_matcher.py holds it against EventBridge's documented semantics.
"""

import json
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from moto.events.models import EventPattern

from .aws_templates import FORWARDER, HOME, expanded

ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
CENTRAL = {"Ref": "CentralBus"}
QUEUE = {"Fn::GetAtt": ["Queue", "Arn"]}
CENTRAL_ARN = {"Ref": "CentralBusArn"}


class Rule(NamedTuple):
    """One rule of an expanded template."""

    name: str
    pattern: EventPattern
    reads_too: bool
    option: str
    targets: tuple[str, ...]  # as JSON

    def takes(self, event: dict[str, Any], options: Collection[str]) -> bool:
        """Whether it is there and its pattern and its state let the event through: a rule that is only ENABLED sees no read-only event."""
        there = not self.option or self.option in options
        seen = self.reads_too or event["detail"].get("readOnly") is not True
        return there and seen and bool(self.pattern.matches_event(event))


@cache
def rules(template: str, *, central: bool = False) -> tuple[Rule, ...]:
    """The rules of a template on the default bus, or on the central bus."""
    resources = expanded(template)["Resources"]
    return tuple(
        Rule(
            name=name,
            pattern=EventPattern.load(json.dumps(properties["EventPattern"])),
            reads_too=_state(properties["State"]) == ALL,
            option=one.get("Condition", ""),
            targets=tuple(json.dumps(target["Arn"]) for target in properties["Targets"]),
        )
        for name, one in resources.items()
        if one["Type"] == "AWS::Events::Rule"
        and "EventPattern" in (properties := one["Properties"])
        and one.get("Condition") != "TrailByRule"
        if (properties.get("EventBusName") == CENTRAL) == central
    )


def _state(written: Any) -> str:
    """Of a forwarder's rule, the state away from the account and Region of the central bus."""
    return written["Fn::If"][2] if isinstance(written, dict) else written


def at_home(event: dict[str, Any], options: Collection[str] = ()) -> tuple[str, ...]:
    """The rules of the home stack that put the event of its own account and Region into the queue."""
    return _takers(rules(HOME), event, options, QUEUE)


def away(event: dict[str, Any], options: Collection[str] = ()) -> tuple[str, ...]:
    """The same for an event of another account or Region: a forwarder's rule puts it on the central bus, a rule there into the queue."""
    if not _takers(rules(FORWARDER), event, options, CENTRAL_ARN):
        return ()
    return tuple(name.removeprefix("Central") for name in _takers(rules(HOME, central=True), event, options, QUEUE))


def _takers(found: tuple[Rule, ...], event: dict[str, Any], options: Collection[str], target: object) -> tuple[str, ...]:
    return tuple(rule.name for rule in found if json.dumps(target) in rule.targets and rule.takes(event, options))
