"""`gatewatch prefilter`: the query that leaves out, in an engine that already holds the records, what cannot matter."""

from argparse import ArgumentParser, Namespace

from ..errors import ConfigError
from ..tuning import Tuning
from . import wiring
from .alerts import opened
from .command import DONE, Command
from .policy import STORED, stored_tuning
from .screen import Screen

_ENGINES = ("athena", "spark", "kql", "duckdb")


def _arguments(parser: ArgumentParser) -> None:
    parser.epilog = (
        "Nothing that Gatewatch keeps or learns from is left out; what the query cannot decide passes. Policies name people, so a query is\n"
        "made for a policy: print it again when break-glass, privileged or synchronisation accounts or the AWS applications change."
    )
    parser.add_argument("--for", dest="engine", choices=_ENGINES, required=True, help="the engine whose language the query is in")
    parser.add_argument("--tuning", metavar="FILE", help=f"a tuning file, TOML or JSON; or {STORED}: the policy of --store")
    parser.add_argument("--store", metavar="STORE", help="where the policy is (default sqlite:gatewatch.sqlite)")
    parser.add_argument(
        "--without-familiarity",
        action="store_true",
        help="also leave out what only teaches who is usual where: rules on what is first see less, every other rule sees the same",
    )
    parser.add_argument(
        "--table", action="append", metavar="NAME", default=[], help="the table to ask instead of the usual ones; again for several"
    )
    parser.add_argument("--column", metavar="NAME", default="record", help="DuckDB, Spark: the column with the JSON text (default: record)")


def _run(options: Namespace, screen: Screen) -> int:
    from ..engines.prefilter import Language, prefilter  # noqa: PLC0415 - only this command needs the languages

    try:
        screen.text(
            prefilter(
                Language(options.engine),
                _tuning(options, screen),
                familiarity=not options.without_familiarity,
                names=options.table,
                column=options.column,
            )
        )
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return DONE


def _tuning(options: Namespace, screen: Screen) -> Tuning:
    if (options.tuning or "").partition(":")[0] != STORED:
        return wiring.tuning(options.tuning, screen)
    with opened(options) as store:
        return stored_tuning(store, options.tuning)


COMMAND = Command(
    "prefilter",
    "print the query that leaves out what cannot matter, for Athena, Spark, KQL or DuckDB",
    "gatewatch prefilter --for athena",
    _arguments,
    _run,
)
