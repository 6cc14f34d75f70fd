"""The picture in README.md: the demo's worst alert as the terminal shows it, drawn as SVG. The same bytes on every machine."""

import io
from datetime import timedelta

from rich.console import Console
from rich.text import Text

from gatewatch.cli.check.fakes import FixedClock, RecordingChannel
from gatewatch.cli.demo.story import TENANT, acts
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.notify import terminal
from gatewatch.ports import Notice, Ports
from gatewatch.stores.memory import MemoryStore
from scripts.story import STORY_START

WIDTH = 100
# Rich's own frame without its web font: a picture asks nobody for anything.
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" xml:space="preserve" role="img" aria-label="A Gatewatch alert">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def worst() -> Notice:
    """What people are told last when the whole story has been seen."""
    channel = RecordingChannel()
    clock = FixedClock(STORY_START + timedelta(minutes=40))
    ports = Ports(store=MemoryStore(), clock=clock, channels=(channel.name,), notifiers={channel.name: channel})
    for act in acts(STORY_START):
        process([RawRecord(data=act.record, fetched=clock.at, tenant=TENANT)], ports)
    return max(channel.notices, key=lambda notice: notice.alert.score)


def svg() -> str:
    """docs/images/alert.svg."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", _environ={})
    console.print(Text.from_ansi(terminal.render(worst(), color=True, width=WIDTH)))
    drawn = console.export_svg(title="gatewatch", code_format=FRAME, unique_id="gatewatch")
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"
