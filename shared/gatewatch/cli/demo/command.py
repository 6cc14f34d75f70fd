"""`gatewatch demo`: plays the story and shows what people would see."""

import contextlib
import importlib
import shlex
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from ...errors import ConfigError
from ...model import Alert
from ...notify import card_render
from ...ports import AlertQuery
from ...stores.settings import ELASTIC, ELASTIC_PERSONAL
from .. import replay, wiring
from ..command import DONE, FAILED, Command
from ..screen import Screen
from ..show import show
from ..summary import standing
from . import in_process
from .stage import ActReport, NotHereError, Opener, Setting, Stage
from .story import CLOUDS, Act, Cloud, acts

FOLDER = "build/demo"
FILE = "gatewatch.sqlite"
LOOKS = ("alerts list", "case carla.reyes@example.com", "report")
"""What a newcomer types next, to look at what was kept."""
WIDTH = 84
BEFORE_NOW = timedelta(minutes=20)  # old enough for a Graph poll, which never reads the last minutes


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--logs", metavar="PATH", action="append", help="replay your own log files instead of the story")
    parser.add_argument("--store", metavar="STORE", help="where evidence and alerts go (default: a fresh SQLite file under build/demo)")
    for cloud in CLOUDS:
        starts = f"starts the real runtime for {cloud.name}; without it, in process"
        parser.add_argument(f"--{cloud.option}", metavar="MODULE:FUNCTION", help=starts)


def _run(options: Namespace, screen: Screen) -> int:
    folder = Path(FOLDER).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    store = options.store or f"sqlite:{folder / FILE}"
    if options.logs:
        return _logs(options.logs, store, screen)
    played = acts((wiring.now() - BEFORE_NOW).replace(microsecond=0))
    elastic = {one.name: value for one in (*ELASTIC, *ELASTIC_PERSONAL) if (value := wiring.environment().get(one.name))}
    openers = {cloud: _opener(getattr(options, cloud.option)) for cloud in CLOUDS}
    reports = _play(played, Setting(store, folder, elastic), openers, screen)
    found = _alerts(store)
    _show_alerts(found, screen)
    _show_messages(reports, screen)
    _show_commands(store if options.store else f"sqlite:{FOLDER}/{FILE}", screen)
    return DONE if found else FAILED


def _show_commands(store: str, screen: Screen) -> None:
    """What to type next, as it can be typed here."""
    screen.line(f"Everything is kept in {store}. Look at it:")
    for look in LOOKS:
        screen.verbatim(f"    {shlex.quote(_program())} {look} --store {shlex.quote(store)}")


def _program() -> str:
    """The command by its name where it is on PATH, else the script beside this Python, below the current folder if it is there."""
    if shutil.which("gatewatch"):
        return "gatewatch"
    script = Path(sys.executable).with_name("gatewatch")
    return str(script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script)


def _logs(paths: list[str], store: str, screen: Screen) -> int:
    code = replay.run(replay.options(*paths, "--store", store), screen)
    _show_alerts(_alerts(store)[:5], screen)
    return code


def _opener(name: str | None) -> Opener | None:
    if not name:
        return None
    module, _, function = name.partition(":")
    try:
        found: Opener = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{name} cannot be loaded: {error}") from error
    return found


def _play(played: Sequence[Act], setting: Setting, openers: dict[Cloud, Opener | None], screen: Screen) -> dict[str, ActReport]:
    """Both runtimes start at the same time; then the acts are played in order, cloud by cloud."""
    reports: dict[str, ActReport] = {}
    if any(openers.values()):
        screen.note("starting the runtimes; the first time the artifact is built and what is missing is installed ...")
    with contextlib.ExitStack() as stack:
        with ThreadPoolExecutor() as pool:
            started = {cloud: pool.submit(_start, cloud, opener, setting, stack) for cloud, opener in openers.items()}
            stages = {cloud: future.result() for cloud, future in started.items()}
        for cloud in CLOUDS:
            stage, why = stages[cloud]
            mine = [act for act in played if act.cloud == cloud]
            screen.line(f"{cloud.name}, played {stage.runtime}")
            if why:
                screen.line(f"  (not on the real runtime: {why})")
            reports[cloud.option] = stage.play(mine)
            _show_acts(mine, reports[cloud.option], screen)
        for cloud in CLOUDS:
            later = stages[cloud][0].finish()
            for line in later.lines:
                screen.line(f"{cloud.name}, {line}")
            reports[f"{cloud.option} later"] = later
    return reports


def _start(cloud: Cloud, opener: Opener | None, setting: Setting, stack: contextlib.ExitStack) -> tuple[Stage, str]:
    why = "none was asked for; `make demo` asks for it"
    if opener is not None:
        try:
            return stack.enter_context(opener(setting)), ""
        except NotHereError as error:
            why = str(error)
    return stack.enter_context(in_process.opened(setting, cloud)), why


def _show_acts(mine: Sequence[Act], report: ActReport, screen: Screen) -> None:
    for number, act in enumerate(mine):
        screen.line(f"  {act.title}")
        screen.line(f"      {report.lines[number] if number < len(report.lines) else act.expect}")
    screen.line()


def _alerts(store: str) -> list[Alert]:
    with contextlib.closing(wiring.store(store, wiring.environment())) as opened:
        return sorted(standing(opened.search(AlertQuery(limit=1000))), key=lambda alert: (-alert.score, alert.id))


def _show_alerts(found: Sequence[Alert], screen: Screen) -> None:
    for alert in found:
        screen.line("─" * WIDTH)
        show(alert, screen)
    screen.line("─" * WIDTH)


def _show_messages(reports: dict[str, ActReport], screen: Screen) -> None:
    sns = [message for report in reports.values() for message in report.sns]
    cards = [message for report in reports.values() for message in report.teams]
    screen.line(f"\N{BLACK RIGHT-POINTING SMALL TRIANGLE} {len(sns)} SNS messages were published; the first:")
    for message in sns[:1]:
        screen.line(f"    Subject: {message.subject}")
        for line in message.message.splitlines():
            screen.line(f"    {line}")
    screen.line()
    screen.line(f"\N{BLACK RIGHT-POINTING SMALL TRIANGLE} {len(cards)} cards were posted to Teams; the last:")
    for posted in cards[-1:]:
        for line in card_render.plain(posted, WIDTH).splitlines():
            screen.line(line)
    screen.line()


COMMAND = Command("demo", "play an attack and show what people would see", "gatewatch demo", _arguments, _run)
