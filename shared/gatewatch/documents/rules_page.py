"""The rules page of the documentation, made from the rules themselves: ``python -m gatewatch.documents.rules_page`` prints it."""

import sys
from collections.abc import Iterator

from ..model import Severity
from ..providers.catalogue import PAIR_RULES, RULES
from ..providers.controls import CONTROLS, SOURCE
from ..providers.rule import PairRule, Rule

_HEAD = f"""# Rules

Made from `shared/gatewatch/providers/` by `make docs`; a test compares the two. Points are a rule's base; "pair" rules add theirs to the higher
side's score. A score is `clamp(highest base + 10 for each further rule (at most 2) + modifiers, 1, 100)`; severities are Elastic's:
{", ".join(f"{severity.lowest}-{severity.highest} {severity}" for severity in Severity)}. Every alert carries its arithmetic, `gatewatch explain` prints it.

Controls are CSA CCM 4.1's that mitigate T1021.007 ({SOURCE}). A detector gives evidence about them; it does not implement them.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    every: tuple[Rule | PairRule, ...] = (*RULES, *PAIR_RULES)
    yield _HEAD
    yield "| rule | tier | points | what it means |"
    yield "| --- | --- | --- | --- |"
    for rule in every:
        yield f"| [`{rule.id}`](#{rule.id}) | {rule.metadata.tier} | {_points(rule)} | {rule.metadata.meaning} |"
    for rule in every:
        yield from _section(rule)


def _section(rule: Rule | PairRule) -> Iterator[str]:
    metadata = rule.metadata
    yield f"\n## {rule.id}\n"
    yield f"**{metadata.title}.** {metadata.meaning}\n"
    yield f"- What to do: [playbook](playbooks/{rule.id}.md)"
    yield f"- ATT&CK: {', '.join(_technique(name) for name in metadata.attack)}"
    yield f"- Controls: {', '.join(f'{name} {CONTROLS[name]}' for name in metadata.controls)}"
    yield f"- Sources: {', '.join(f'<{reference}>' for reference in metadata.references)}"
    for line in metadata.false_positives:
        yield f"- False alarm: {line}"
    yield f"- Fires: {'; '.join(_with_points(example.name, example.points) for example in rule.examples if example.points is not None)}"
    yield f"- Does not match: {'; '.join(example.name for example in rule.examples if example.points is None)}"


def _points(rule: Rule | PairRule) -> str:
    if rule in PAIR_RULES:
        return "pair"
    return " / ".join(str(points) for points in sorted({e.points for e in rule.examples if e.points is not None}, reverse=True))


def _with_points(name: str, points: int) -> str:
    return f"{name} ({points})"


def _technique(name: str) -> str:
    return f"[{name}](https://attack.mitre.org/techniques/{name.replace('.', '/')}/)"


if __name__ == "__main__":
    sys.stdout.write(page())
