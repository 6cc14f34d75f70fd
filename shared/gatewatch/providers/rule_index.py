"""Finds the rules that can match an activity, so that only those rules are evaluated."""

from collections.abc import Iterable
from datetime import timedelta

from ..model import Activity, Detail, Outcome
from .rule import Rule, Trigger

type _Found = tuple[tuple[Rule, ...], timedelta]
type _Kind = tuple[type[Detail], str | None, Outcome, str | None, bool]
"""Type of the detail, action and kind of identity (None: one that no trigger names), and whether something is first."""


class RuleIndex:
    """A list of rules, found by what their triggers ask for. What was found is kept: kinds are as many as triggers tell apart."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Index the rules. Results keep their order."""
        self._triggers = [(trigger, rule) for rule in rules for trigger in rule.on]
        self._actions = frozenset(action for trigger, _ in self._triggers for action in trigger.actions or ())
        self._subjects = frozenset(subject for trigger, _ in self._triggers for subject in trigger.subjects or ())
        self._found_by: dict[_Kind, _Found] = {}

    @property
    def kinds(self) -> int:
        """How many kinds of activities were asked about so far."""
        return len(self._found_by)

    def of(self, activity: Activity) -> tuple[Rule, ...]:
        """The rules that can match this activity."""
        return self._found(activity)[0]

    def reach(self, activity: Activity) -> timedelta:
        """The longest reach of the rules that can match this activity."""
        return self._found(activity)[1]

    def _found(self, activity: Activity) -> _Found:
        event = activity.event
        first = bool(activity.firsts)
        found = self._found_by.get((type(event.detail), event.action, event.outcome, event.subject, first))
        if found is not None:
            return found
        action = event.action if event.action in self._actions else None
        subject = event.subject if event.subject in self._subjects else None
        kind = (type(event.detail), action, event.outcome, subject, first)
        if kind not in self._found_by:
            self._found_by[kind] = _ordered(rule for trigger, rule in self._triggers if _fits(trigger, kind))
        return self._found_by[kind]


def _fits(trigger: Trigger, kind: _Kind) -> bool:
    detail, action, outcome, subject, first = kind
    return (
        trigger.detail is detail
        and (trigger.actions is None or action in trigger.actions)
        and (trigger.outcome is None or trigger.outcome is outcome)
        and (trigger.subjects is None or subject in trigger.subjects)
        and (first or not trigger.first)
    )


def _ordered(rules: Iterable[Rule]) -> _Found:
    """The rules, each once in their order, and their longest reach."""
    found = tuple({rule.id: rule for rule in rules}.values())
    return found, max((rule.reach for rule in found), default=timedelta())
