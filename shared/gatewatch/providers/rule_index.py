"""Finds the rules that can match an event, so that only those rules are evaluated."""

from collections.abc import Iterable
from datetime import timedelta

from ..model import Detail, Event
from .rule import Rule

type _Places = dict[int, Rule]
type _Type = type[Detail]
type _Found = tuple[tuple[Rule, ...], timedelta]

_NOTHING: _Found = (), timedelta()


class RuleIndex:
    """A list of rules, indexed by detail type and action. Immutable."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Index the rules. Results keep their order."""
        general: dict[_Type, _Places] = {}
        named: dict[tuple[_Type, str], _Places] = {}
        for place, rule in enumerate(rules):
            for trigger in rule.on:
                if trigger.actions is None:
                    general.setdefault(trigger.detail, {})[place] = rule
                for action in trigger.actions or ():
                    named.setdefault((trigger.detail, action), {})[place] = rule
        self._general = {detail: _ordered(found) for detail, found in general.items()}
        self._named = {(detail, action): _ordered(found | general.get(detail, {})) for (detail, action), found in named.items()}

    def of(self, event: Event) -> tuple[Rule, ...]:
        """The rules that can match this event."""
        return self._found(event)[0]

    def reach(self, event: Event) -> timedelta:
        """The longest reach of the rules that can match this event."""
        return self._found(event)[1]

    def _found(self, event: Event) -> _Found:
        detail = type(event.detail)
        return self._named.get((detail, event.action)) or self._general.get(detail, _NOTHING)


def _ordered(places: _Places) -> _Found:
    """The rules in their order, and their longest reach."""
    rules = tuple(rule for _, rule in sorted(places.items(), key=lambda item: item[0]))
    return rules, max(rule.reach for rule in rules)
