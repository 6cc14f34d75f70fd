"""`gatewatch replay`: history through the same pipeline that runs in the clouds, into a store of your choice."""

import contextlib
from argparse import ArgumentParser, Namespace
from datetime import datetime, timedelta
from typing import TextIO

from ..errors import ConfigError
from ..flow.replay import Replayed, replay
from ..flow.stored import copy_familiarity, stored_records
from ..flow.wanted import Wanted
from ..ports import Notifier, Ports, Store
from ..reading import files
from ..reading.files import FileLimits
from ..stores.memory import MemoryStore
from ..stores.sqlite import SqliteStore
from ..tuning import Tuning
from . import wiring
from .alerts import moment
from .command import Command
from .numbers import ONE_OR_MORE
from .progress import following
from .records import Input, reader
from .screen import Screen
from .summary import FAIL_ON, code, counted, summary
from .summary import show as show_summary

HISTORY = timedelta(days=365 * 100)  # files may be of any age: nothing has left its retention
STORED = "stored"
_AWS_DIGITS = 12
ONE, SPARK = "one", "spark"


def _arguments(parser: ArgumentParser) -> None:
    parser.epilog = (
        "Exit code 1: nothing could be read, everything was refused, or --fail-on names what happened. A severity means an open alert of the\n"
        "store that is not suppressed. docs/inputs.md says what is read."
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files, folders, s3://BUCKET/PREFIX, an address of Azure blobs (formats: docs/inputs.md), or - for standard input",
    )
    parser.add_argument(
        "--from", dest="source", metavar="STORE", help="instead of files: the evidence that this store holds, under its policy"
    )
    parser.add_argument(
        "--store", metavar="STORE", help="sqlite:FILE (default sqlite:gatewatch.sqlite), memory: or an Elasticsearch address"
    )
    parser.add_argument("--tuning", metavar="FILE", help="a tuning file, TOML or JSON")
    parser.add_argument("--geo", metavar="FILE,...", help="MMDB files that say where AWS addresses are (default: GATEWATCH_GEO)")
    parser.add_argument("--compare", metavar="TUNING2", help="store nothing; say what this other tuning would have changed")
    parser.add_argument(
        "--engine",
        choices=(ONE, SPARK),
        default=ONE,
        help="spark: read and compute in Spark, the one of the platform or a local one, into an empty store (extra spark)",
    )
    parser.add_argument("--since", metavar="WHEN", help="only records from then on: 24h, 7d, 2w or an ISO date or time")
    parser.add_argument("--until", metavar="WHEN", help="only records before then")
    parser.add_argument("--account", metavar="ID", help="only records of this AWS account or Entra tenant")
    parser.add_argument(
        "--fail-on", action="append", default=[], choices=FAIL_ON, help="exit code 1 when there is any of it; again for several"
    )
    parser.add_argument(
        "--unpacked", type=ONE_OR_MORE, default=64, metavar="GIB", help="how much may come out of one compressed file (default 64)"
    )
    parser.add_argument(
        "--workers",
        type=ONE_OR_MORE,
        default=1,
        metavar="N",
        help="processes that share the work, for an empty SQLite file or memory: (default 1)",
    )
    parser.add_argument("--notify", action="store_true", help="print a notification for each alert on this terminal (default: none)")
    parser.add_argument("--tenant", metavar="ID", help="the Entra tenant of Graph records, which name none")
    parser.add_argument("--json", action="store_true", help="the summary as one JSON line")


def options(*argv: str) -> Namespace:
    """The options of a command line, for another command that replays."""
    parser = ArgumentParser()
    _arguments(parser)
    return parser.parse_args(argv)


def run(options: Namespace, screen: Screen) -> int:
    """Replay, then say what became of every record."""
    if bool(options.paths) == bool(options.source):
        raise ConfigError("name files or folders, or --from a store: one of the two")
    if options.engine == SPARK and (options.source or options.compare or files.STDIN in options.paths):
        raise ConfigError("--engine spark reads paths that every machine of the cluster sees: no --from, no --compare, no standard input")
    with contextlib.ExitStack() as stack:
        given, source = _given(options, screen, stack)
        tuning, problems = _tuning(options, source, screen)
        if options.compare:
            return _compare(options, (given, source), tuning, screen)
        with contextlib.closing(wiring.store(options.store, wiring.environment())) as store:
            if source is not None:
                _apart(options)
                copy_familiarity(source, store)
            done = replayed(options, store, tuning, given, screen, whole=False)
            kept = counted(store)
            if options.json:
                screen.json({**summary(done, kept, given.journal), "tuning_problems": problems})
            else:
                show_summary(done, kept, given.journal, screen)
                name = wiring.store_name(options.store, wiring.environment())
                screen.line("nothing was kept" if name == "memory:" else f"kept in {name}: gatewatch alerts list --store {name}")
    return code(done, kept, options.fail_on)


def _given(options: Namespace, screen: Screen, stack: contextlib.ExitStack) -> tuple[Input, Store | None]:
    """What is read: the paths, or the evidence of a store, which is then open. Spark reads for itself."""
    if options.engine == SPARK:
        return Input(lambda _journal: iter(()), lambda: 0), None
    if not options.source:
        limits = FileLimits(decompressed=options.unpacked * 2**30)
        return stack.enter_context(reader(options.paths, screen, options.tenant, limits)), None
    source = stack.enter_context(contextlib.closing(wiring.existing_store(options.source, wiring.environment())))
    records = stored_records(source, options.source)
    return Input(lambda _journal: iter(records()), lambda: 0), source


def _tuning(options: Namespace, source: Store | None, screen: Screen) -> tuple[Tuning, tuple[str, ...]]:
    """The tuning, and the errors of its file: a comparison ends with them, otherwise detection goes on without the broken parts."""
    if options.tuning or source is None:
        if options.compare:
            return wiring.right_tuning("--tuning", options.tuning), ()
        tuning, problems = wiring.read_tuning("--tuning", options.tuning)
        for problem in problems:
            screen.note(f"tuning: {problem}")
        return tuning, problems
    from .policy import in_force  # noqa: PLC0415 - most replays read files under a tuning file or none

    policy = in_force(source)
    return policy.tuning if policy is not None else Tuning(), ()


def _apart(options: Namespace) -> None:
    if wiring.store_name(options.store, wiring.environment()) == options.source:
        raise ConfigError("--from and --store name the same store: name another one, memory: keeps nothing")


def replayed(options: Namespace, store: Store, tuning: Tuning, given: Input, screen: Screen, *, whole: bool = True) -> Replayed:
    """Replay what is given into this store, as the options say. ``whole``: with the alerts that were written."""
    notifiers = _terminal(screen.err if options.json else screen.out) if options.notify else {}
    ports = Ports(
        store=store,
        clock=wiring.now,
        tuning=tuning,
        channels=tuple(notifiers),
        seeds=False,
        notifiers=notifiers,
        geo=wiring.geo(options.geo),
        worker="replay",
        retention=HISTORY,
        alone=isinstance(store, MemoryStore | SqliteStore),
    )
    wanted = _wanted(options)
    if options.engine == SPARK:
        return _in_spark(options, ports, wanted)
    with following(given, screen) as moved:
        return replay(given.many, ports, moved, wanted, workers=1 if options.source else options.workers, whole=whole)


def _terminal(out: TextIO) -> dict[str, Notifier]:
    from ..notify.terminal import TerminalNotifier  # noqa: PLC0415 - most replays notify nobody

    return {"terminal": TerminalNotifier(out, links=wiring.links())}


def _in_spark(options: Namespace, ports: Ports, wanted: Wanted) -> Replayed:
    from ..engines.spark.replay import Asked  # noqa: PLC0415 - needs the extra spark
    from ..engines.spark.replay import replay as replay_in_spark  # noqa: PLC0415 - same

    asked = Asked(paths=tuple(options.paths), wanted=wanted, tenant=options.tenant, geo=wiring.geo_files(options.geo))
    with wiring.spark() as session:
        return replay_in_spark(session, asked, ports)


def _wanted(options: Namespace) -> Wanted:
    """What is asked for. An account may be written in groups, as the AWS console shows it."""
    since, until = _when("--since", options.since), _when("--until", options.until)
    if since is not None and until is not None and since >= until:
        raise ConfigError("--since must be before --until")
    account = (options.account or "").strip()
    joined = account.replace("-", "")
    return Wanted(since=since, until=until, account=(joined if joined.isdecimal() and len(joined) == _AWS_DIGITS else account) or None)


def _when(option: str, text: str | None) -> datetime | None:
    return None if text is None else moment(text, option)


def _compare(options: Namespace, given: tuple[Input, Store | None], tuning: Tuning, screen: Screen) -> int:
    from ..report.what_if import differences  # noqa: PLC0415 - most replays compare nothing
    from .compare import show  # noqa: PLC0415 - same
    from .policy import stored_tuning  # noqa: PLC0415 - same

    records, source = given
    if options.compare.partition(":")[0] == STORED and source is not None:
        other = stored_tuning(source, options.compare)
    else:
        other = wiring.right_tuning("--compare", options.compare)
    first, second = copy_of(source), copy_of(source)
    before = replayed(options, first, tuning, records, screen)
    after = replayed(options, second, other, records, screen)
    show(differences(before.alerts, after.alerts, tuning, other), screen, as_json=options.json)
    return code(before, counted(second), options.fail_on)


def copy_of(source: Store | None) -> Store:
    """An empty store that keeps nothing, with the familiarity of the source."""
    store = MemoryStore()
    if source is not None:
        copy_familiarity(source, store)
    return store


COMMAND = Command(
    "replay",
    "read log files and keep the evidence and alerts they hold",
    "gatewatch replay examples/records.jsonl --store memory:",
    _arguments,
    run,
)
