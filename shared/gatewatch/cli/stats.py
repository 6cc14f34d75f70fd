"""`gatewatch alerts stats`: how the alerts of each rule were closed."""

from argparse import ArgumentParser, Namespace

from ..alerts.responses import precision_by_rule
from .alerts import opened, since, store_argument
from .command import DONE, Command
from .screen import Screen

BEGINNING = "1970-01-01"


def _arguments(parser: ArgumentParser) -> None:
    store_argument(parser)
    parser.add_argument("--since", metavar="WHEN", help="responses since: 24h, 7d, 2w or an ISO date (default: all)")


def _stats(options: Namespace, screen: Screen) -> int:
    with opened(options) as store:
        found = precision_by_rule(store.responses_since(since(options.since or BEGINNING)))
    if options.json:
        for rule in found:
            screen.json(rule)
        return DONE
    screen.table(
        ("rule", "malicious", "expected", "mistaken", "test", "precision"),
        (
            (each.rule, each.malicious, each.expected, each.mistaken, each.test, "" if each.precision is None else f"{each.precision:.0%}")
            for each in found
        ),
    )
    screen.note("precision = malicious / (malicious + expected + mistaken); one verdict an alert, that of its newest close")
    return DONE


COMMANDS = (
    Command(
        "alerts stats",
        "precision of each rule, by the verdicts of closed alerts",
        "gatewatch alerts stats --since 90d",
        _arguments,
        _stats,
    ),
)
