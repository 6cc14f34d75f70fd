"""`gatewatch rules`: the catalogue."""

from argparse import ArgumentParser, Namespace

import msgspec

from ..providers.catalogue import PAIR_RULES, RULES
from ..providers.rule import PairRule, Rule
from .command import DONE, Command
from .screen import Screen


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON line per rule")


def _run(options: Namespace, screen: Screen) -> int:
    every: tuple[Rule | PairRule, ...] = (*RULES, *PAIR_RULES)
    if options.json:
        for rule in every:
            screen.json({**msgspec.to_builtins(rule.metadata), "examples": len(rule.examples)})
        return DONE
    screen.table(
        ("rule", "tier", "family", "title", "ATT&CK"),
        ((r.id, r.metadata.tier, r.metadata.family, r.metadata.title, " ".join(r.metadata.attack)) for r in every),
    )
    return DONE


COMMAND = Command("rules", "list every detection rule", "gatewatch rules", _arguments, _run)
