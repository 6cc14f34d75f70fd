"""Rules by the events they can match: an event meets only the rules whose trigger fits it."""

from collections.abc import Iterable
from datetime import timedelta

from ..model import Event, Kind
from .rule import Rule

type _Places = dict[int, Rule]


class RuleIndex:
    """A list of rules, looked up by kind and action. Not changed once made."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """The order of the rules stays the order of what is found."""
        general: dict[Kind, _Places] = {}
        named: dict[tuple[Kind, str], _Places] = {}
        for place, rule in enumerate(rules):
            for trigger in rule.on:
                if trigger.actions is None:
                    general.setdefault(trigger.kind, {})[place] = rule
                for action in trigger.actions or ():
                    named.setdefault((trigger.kind, action), {})[place] = rule
        self._general = {kind: _ordered(found) for kind, found in general.items()}
        self._named = {(kind, action): _ordered(found | general.get(kind, {})) for (kind, action), found in named.items()}

    def of(self, event: Event) -> tuple[Rule, ...]:
        """The rules that can match this event."""
        return self._named.get((event.kind, event.action)) or self._general.get(event.kind, ())

    def reach(self, event: Event) -> timedelta:
        """The longest time that one of these rules looks back from this event."""
        return max((rule.reach for rule in self.of(event)), default=timedelta())


def _ordered(places: _Places) -> tuple[Rule, ...]:
    return tuple(rule for _, rule in sorted(places.items(), key=lambda item: item[0]))
