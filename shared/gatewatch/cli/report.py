"""`gatewatch report`: one page for people, or lines for machines, from a store or from files."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from ..cases import PersonCase, follow
from ..cases import build as build_case
from ..errors import ConfigError
from ..flow.replay import Replayed
from ..flow.stored import stored_records
from ..model import RawRecord, Refused
from ..model.nouns import counted
from ..ports import Ports, Store
from ..report.build import Built, ReportRequest, build
from ..report.files_read import files_read, sha256_of
from ..report.model import FilesRead
from ..report.what_if import Comparison, differences
from ..stores.memory import MemoryStore
from ..tuning import Tuning
from . import replay, wiring
from .alerts import moment
from .command import DONE, Command
from .policy import in_force
from .records import Input, reader
from .screen import Screen
from .written import STDOUT, write

HTML, CSV, JSONL, OCSF = "html", "csv", "jsonl", "ocsf"
PAGE = "gatewatch-report.html"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders of logs; without them the store is reported on")
    parser.add_argument("--store", metavar="STORE", help="sqlite:FILE (default sqlite:gatewatch.sqlite) or an Elasticsearch address")
    parser.add_argument("--tuning", metavar="FILE", help="a tuning file for the logs of PATH; a store has its own policy")
    parser.add_argument("--since", metavar="WHEN", help="only from then on: 24h, 7d, 2w or an ISO date or time")
    parser.add_argument("--person", metavar="NAME", help="only the alerts and entries of this person, with the whole case")
    parser.add_argument("--what-if", metavar="TUNING2", help="also say what this other tuning would have changed")
    parser.add_argument("--tenant", metavar="ID", help="the Entra tenant of Graph records, which name none")
    parser.add_argument("--format", choices=(HTML, CSV, JSONL, OCSF), default=HTML, help="html: one page; the others are for machines")
    parser.add_argument(
        "--output", metavar="FILE", help=f"where it is written; - is standard output (default: {PAGE}, else standard output)"
    )


def _run(options: Namespace, screen: Screen) -> int:
    if options.paths and options.store:
        raise ConfigError("name files or folders, or --store: one of the two")
    if options.person is not None and not options.person.strip():
        raise ConfigError("--person names nobody: leave it out for a report on everybody")
    with _built(options, screen) as (built, store):
        text = _text(built, store, options.format)
        target = options.output or (PAGE if options.format == HTML else STDOUT)
        numbers = built.report.numbers
        write(text, target, screen, f"{counted(numbers.alerts, 'alert')}, {numbers.open:,} open")
    return DONE


@contextlib.contextmanager
def _built(options: Namespace, screen: Screen) -> Iterator[tuple[Built, Store]]:
    if not options.paths:
        with contextlib.closing(wiring.existing_store(options.store, wiring.environment())) as store:
            name = wiring.store_name(options.store, wiring.environment())
            policy = in_force(store)
            source = Input(lambda _journal: iter(stored_records(store, name)()), lambda: 0)
            what_if = _what_if(options, source, (policy.tuning if policy else Tuning(), store), screen) if options.what_if else None
            yield _report(options, store, ReportRequest(source=f"the store {name}", store=name, what_if=what_if)), store
        return
    tuning = wiring.tuning(options.tuning, screen)
    store = MemoryStore()
    with reader(options.paths, screen, options.tenant) as given:
        done = replay.replayed(_replay_options(options), store, tuning, given, screen)
        read = _files(done, given)
        what_if = _what_if(options, given, (tuning, None), screen) if options.what_if else None
        asked = ReportRequest(source=", ".join(options.paths), files=read, what_if=what_if)
        yield _report(options, store, asked, tuning, given), store


def _report(options: Namespace, store: Store, asked: ReportRequest, tuning: Tuning | None = None, given: Input | None = None) -> Built:
    ports = Ports(store=store, clock=wiring.now, tuning=tuning or Tuning())
    since = moment(options.since, "--since") if options.since else None
    cases = tuple(_case(options.person, ports, given)) if options.person else ()
    return build(
        ports,
        ReportRequest(
            **{name: getattr(asked, name) for name in asked.__struct_fields__}
            | {"since": since, "person": options.person or "", "cases": cases}
        ),
    )


def _case(person: str, ports: Ports, given: Input | None) -> Iterator[PersonCase]:
    """The whole case of a person, with what the sessions did next where the records are at hand."""
    found = build_case(person, ports)
    if found is None:
        raise ConfigError(f"nothing is stored of {person}")
    records: Iterator[RawRecord | Refused] = given.records() if given is not None else iter(())
    yield follow(found, records)


def _files(done: Replayed, given: Input) -> FilesRead:
    return files_read(done, given.journal, sha256_of)


def _replay_options(options: Namespace) -> Namespace:
    return replay.options(*(["--tenant", options.tenant] if options.tenant else []))


def _what_if(options: Namespace, given: Input, known: tuple[Tuning, Store | None], screen: Screen) -> Comparison:
    """What the other tuning would have changed: both replay the same records."""
    tuning, source = known
    other = wiring.right_tuning("--what-if", options.what_if)
    before = replay.replayed(_replay_options(options), replay.copy_of(source), tuning, given, screen)
    after = replay.replayed(_replay_options(options), replay.copy_of(source), other, given, screen)
    return differences(before.alerts, after.alerts, tuning, other)


def _text(built: Built, store: Store, form: str) -> str:
    """The report in the wanted form. What only one form needs is imported for it alone."""
    if form == HTML:
        from ..report.page import html  # noqa: PLC0415 - the template engine takes 100 ms

        return html(built, store)
    from ..report import exports  # noqa: PLC0415 - same

    return {CSV: exports.csv_text, JSONL: exports.json_lines, OCSF: exports.ocsf_lines}[form](built)


COMMAND = Command(
    "report",
    "one page for people, or lines for machines: what was read, what was found, what may be concluded",
    "gatewatch report examples/records.jsonl --output report.html",
    _arguments,
    _run,
)
