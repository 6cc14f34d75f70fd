"""Computes the score: clamp(highest base + corroboration + modifiers, 1, 100). Every score component is kept."""

from datetime import timedelta

from msgspec import structs

from ..model import Activity, Assessment, ScoreComponent, Severity, severity_of
from ..providers.catalogue import PAIR_RULES, RULES
from ..providers.rule import Finding, Modifier, PairRule, Rule, Scored, Window
from ..providers.rule_index import RuleIndex
from ..tuning import Tuning
from .modifiers import circumstances
from .suppression import Case, suppressing_entry

LOWEST = Severity.LOW.lowest
HIGHEST = Severity.CRITICAL.highest
CORROBORATION = 10
_PAIR_RULES = {scope: tuple(rule for rule in PAIR_RULES if rule.scope == scope) for scope in ("person", "principal")}
CORROBORATING_AT_MOST = 2

_NO_WINDOW = Window()

ALL_RULES = RuleIndex(rule for rule in RULES if rule.scope == "principal")
ADDRESS_RULES = RuleIndex(rule for rule in RULES if rule.scope == "address")


def assess(activity: Activity, window: Window, tuning: Tuning, rules: RuleIndex = ALL_RULES) -> Assessment | None:
    """The explained score of one activity, or None when no rule matches. The caller handles activities that are closed.

    The score of an address (``rules`` is ``ADDRESS_RULES``) does not depend on who signed in last, so circumstances add nothing to it.
    """
    matches = findings(activity, window, tuning, rules)
    if not matches:
        return None
    naming, named = max(matches, key=lambda item: item[1].points)  # of equal points, the first in catalogue order
    others = [rule for rule, _ in matches if rule is not naming]
    own = [modifier for _, found in matches for modifier in found.modifiers]
    added = () if rules is ADDRESS_RULES else _not_counted(circumstances(activity, tuning), naming, matches)
    parts = (
        ScoreComponent(kind="base", name=naming.id, points=named.points, reason=named.reason),
        *map(_corroborating, others[:CORROBORATING_AT_MOST]),
        *map(_modifying, (*own, *added)),
    )
    raised = tuning.profile == "published" and any(rule.published for rule, _ in matches)
    components, total = _clamped((*parts, *_published(parts)) if raised else parts)
    matched = tuple([rule.id for rule, _ in matches])
    case = Case(activities=(activity,), rules=matched, score=total, of_address=rules is ADDRESS_RULES)
    return _assessment(naming.id, named.reason, components, case, tuning)


def findings(activity: Activity, window: Window, tuning: Tuning, rules: RuleIndex = ALL_RULES) -> tuple[tuple[Rule, Finding], ...]:
    """The rules that match with their findings, in catalogue order. Each rule sees the part of the window within its reach."""
    matches: list[tuple[Rule, Finding]] = []
    parts: dict[timedelta, Window] = {}
    for rule in rules.of(activity):
        part = parts.get(rule.reach) if rule.reach else _NO_WINDOW
        if part is None:
            part = parts[rule.reach] = window.since(activity.time - rule.reach)
        found = rule.match(activity, part, tuning)
        if found is not None:
            matches.append((rule, found))
    return tuple(matches)


def _not_counted(found: tuple[Modifier, ...], naming: Rule, matches: tuple[tuple[Rule, Finding], ...]) -> tuple[Modifier, ...]:
    """The modifiers without those that the naming rule counts in its points already.

    A rule with fewer points that does not count a modifier may reach more with it. Then the modifier adds what is missing to that sum,
    so that one more matching rule never lowers a score.
    """
    if not naming.counts:
        return found
    sums = {rule.id: points.points + sum(m.points for m in found if m.name not in rule.counts) for rule, points in matches}
    missing = max(sums.values()) - sums[naming.id]
    kept: list[Modifier] = []
    for modifier in found:
        points = modifier.points
        if modifier.name in naming.counts:
            points = max(0, min(points, missing))
            missing -= points
        if points:
            kept.append(structs.replace(modifier, points=points))
    return tuple(kept)


def assess_pair(first: Scored, second: Scored, tuning: Tuning, scope: str = "person") -> Assessment | None:
    """The explained score of two activities of one person, or of one principal, or None when no pair rule of this scope matches.

    ``first`` is the earlier activity. The assessment has the id of the later one.
    """
    for rule in _PAIR_RULES[scope]:
        found = rule.match(first, second, tuning)
        if found is not None:
            return _paired(rule, found, first, second, tuning)
    return None


def _paired(rule: PairRule, found: Finding, first: Scored, second: Scored, tuning: Tuning) -> Assessment:
    """A pair has these score components only: the higher of the two scores, the correlation, and the pair rule's own modifiers."""
    higher = max((side.assessment for side in (first, second) if side.assessment is not None), key=lambda found: found.score)
    components, total = _clamped(
        (
            ScoreComponent(kind="base", name=higher.rule, points=higher.score, reason=f"The higher of the two: {higher.reason}"),
            ScoreComponent(kind="correlation", name=rule.id, points=found.points - higher.score, reason=rule.metadata.meaning),
            *(_modifying(modifier) for modifier in found.modifiers),
        )
    )
    case = Case(
        activities=(first.activity, second.activity),
        rules=(rule.id,),
        score=total,
        sides=tuple(name for side in (first, second) if side.assessment is not None for name in side.assessment.rules),
    )
    return _assessment(rule.id, found.reason, components, case, tuning)


def _assessment(naming: str, reason: str, components: tuple[ScoreComponent, ...], case: Case, tuning: Tuning) -> Assessment:
    return Assessment(
        activity_id=case.activities[-1].id,
        rule=naming,
        rules=case.rules,
        score=case.score,
        severity=severity_of(case.score),
        components=components,
        reason=reason,
        suppressed_by=suppressing_entry(case, tuning),
    )


def _published(components: tuple[ScoreComponent, ...]) -> tuple[ScoreComponent, ...]:
    """What a match of a published pattern lacks to medium."""
    missing = Severity.MEDIUM.lowest - _total(components)
    if missing <= 0:
        return ()
    reason = 'The profile "published" makes every match of a published pattern at least medium.'
    return (ScoreComponent(kind="modifier", name="profile published", points=missing, reason=reason),)


def _corroborating(rule: Rule) -> ScoreComponent:
    return ScoreComponent(kind="corroboration", name=rule.id, points=CORROBORATION, reason=f"Also matched: {rule.metadata.title}.")


def _modifying(modifier: Modifier) -> ScoreComponent:
    return ScoreComponent(kind="modifier", name=modifier.name, points=modifier.points, reason=modifier.reason)


def _total(components: tuple[ScoreComponent, ...]) -> int:
    return sum([component.points for component in components])


def _clamped(components: tuple[ScoreComponent, ...]) -> tuple[tuple[ScoreComponent, ...], int]:
    """The components and their sum, with a clamp component added when that is not between 1 and 100."""
    total = _total(components)
    kept = min(max(total, LOWEST), HIGHEST)
    if kept == total:
        return components, total
    reason = f"A score lies between {LOWEST} and {HIGHEST}."
    return (*components, ScoreComponent(kind="clamp", name="clamp", points=kept - total, reason=reason)), kept
