"""Finds the rules that can match an event, so that only those rules are evaluated."""

from collections.abc import Iterable
from datetime import timedelta

from ..model import Detail, Event, Outcome
from .rule import Rule, Trigger

type _Found = tuple[tuple[Rule, ...], timedelta]

_NOTHING: _Found = (), timedelta()


class RuleIndex:
    """A list of rules, indexed by detail type, action and outcome. Immutable."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Index the rules. Results keep their order."""
        triggers = [(trigger, rule) for rule in rules for trigger in rule.on]
        kinds = {(trigger.detail, action) for trigger, _ in triggers for action in (None, *(trigger.actions or ()))}
        self._found_by: dict[tuple[type[Detail], str | None, Outcome], _Found] = {
            (detail, action, outcome): _ordered(rule for trigger, rule in triggers if _fits(trigger, detail, action, outcome))
            for detail, action in kinds
            for outcome in Outcome
        }

    def of(self, event: Event) -> tuple[Rule, ...]:
        """The rules that can match this event."""
        return self._found(event)[0]

    def reach(self, event: Event) -> timedelta:
        """The longest reach of the rules that can match this event."""
        return self._found(event)[1]

    def _found(self, event: Event) -> _Found:
        detail, outcome = type(event.detail), event.outcome
        found = self._found_by.get((detail, event.action, outcome))
        return found if found is not None else self._found_by.get((detail, None, outcome), _NOTHING)


def _fits(trigger: Trigger, detail: type[Detail], action: str | None, outcome: Outcome) -> bool:
    return (
        trigger.detail is detail
        and (trigger.actions is None or action in trigger.actions)
        and (trigger.outcome is None or trigger.outcome is outcome)
    )


def _ordered(rules: Iterable[Rule]) -> _Found:
    """The rules, each once in their order, and their longest reach."""
    found = tuple({rule.id: rule for rule in rules}.values())
    return found, max((rule.reach for rule in found), default=timedelta())
