"""`gatewatch pivot`: what to run next for an alert, filled in and quoted."""

from argparse import ArgumentParser, Namespace

from .. import pivots
from ..errors import ConfigError
from ..model import Alert, Evidence
from ..ports import Store
from . import wiring
from .alerts import find, one_arguments, opened
from .command import DONE, Command
from .screen import Screen

LANGUAGES = {"sh": "command line", "http": "Microsoft Graph", "kql": "KQL", "esql": "ES|QL", "spl": "SPL"}


def _arguments(parser: ArgumentParser) -> None:
    one_arguments(parser)
    parser.add_argument("--language", action="append", choices=list(LANGUAGES), help="may be repeated (default: all)")
    parser.add_argument("--contain", action="store_true", help="only what contains the intruder; these commands change things")
    parser.add_argument("--playbook", action="store_true", help="the whole playbook, with its blocks filled in")


def _run(options: Namespace, screen: Screen) -> int:
    with opened(options) as store:
        alert = find(store, options.id)
        evidence = _evidence(alert, store)
    page = pivots.page(alert.rule)
    known = pivots.values(evidence, wiring.now())
    if options.playbook:
        screen.verbatim(pivots.rewritten(page, lambda block: pivots.fill(block, known).text))
        return DONE
    found = [pivots.fill(block, known) for block in pivots.blocks(page)]
    wanted = options.language or list(LANGUAGES)
    shown = [
        one for one in found if one.useful and one.block.language in wanted and (not options.contain or one.block.section == "Contain")
    ]
    for one in shown:
        if options.json:
            screen.json(
                {
                    "section": one.block.section,
                    "title": one.block.title,
                    "language": one.block.language,
                    "text": one.text,
                    "missing": one.missing,
                }
            )
        else:
            _show(one, screen)
    return DONE


def _show(one: pivots.Filled, screen: Screen) -> None:
    screen.line(f"{one.block.section}: {one.block.title or LANGUAGES[one.block.language]}")
    if one.missing:
        screen.line(f"The alert has no {', '.join(one.missing)}: fill in what stands in braces.")
    screen.line()
    screen.verbatim(one.text)
    screen.line()


def _evidence(alert: Alert, store: Store) -> list[Evidence]:
    """The records of the alert in the order of its rows.

    Raises:
        ConfigError: none of them is stored any more.
    """
    ids = list(dict.fromkeys(event_id for row in alert.snapshot.events for event_id in row.event_ids))
    newest = {item.event.vendor_id: item for item in store.evidence_of(ids)}
    found = [newest[event_id] for event_id in ids if event_id in newest]
    if not found:
        raise ConfigError(f"no record of alert {alert.id[:12]} is stored any more, so there is nothing to fill in")
    return found


COMMAND = Command(
    "pivot",
    "print what to run next for an alert: commands and queries, filled in",
    "gatewatch pivot 3f9a1c --language sh",
    _arguments,
    _run,
)
