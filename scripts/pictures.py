"""The pictures of the report and the card, and the gate of the report: 50,000 alerts in one page, opened and filtered in a real browser.

python scripts/pictures.py [--alerts N]     writes docs/images/*.png; exit code 1 when the page is too large or too slow
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from gatewatch.notify import card
from gatewatch.notify.links import Links
from gatewatch.ports import Ports
from gatewatch.report.build import ReportRequest, build
from gatewatch.report.packed import MOST_BYTES, wanted
from gatewatch.report.page import html
from scripts import card_page, picture, report_world
from scripts.browser import visit

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
OPENED_MS, FILTERED_MS = 5_000, 200
TRIES = 5
STORE = "sqlite:gatewatch.sqlite"
LINKS = Links(runbooks="https://wiki.example/playbooks", document="https://kibana.example/alerts/{id}")

_OPEN = {"do": "click", "selector": "#list button.link"}
_OPENED = {"do": "wait", "selector": "dialog[open] h3"}
_TIMED = "(() => {{ const from = performance.now(); {}; document.body.getBoundingClientRect(); return performance.now() - from; }})()"
_FIND = "const find = document.getElementById('find'); find.value = '{}'; find.dispatchEvent(new Event('input'))"
FILTERS = {
    "a text that many have": _FIND.format("login"),
    "a text that few have": _FIND.format("203.0.113.4"),
    "no text": _FIND.format(""),
    "a severity": "document.querySelector('button.tile.high').click()",
    "an hour": "document.querySelectorAll('#hours .hit')[30].dispatchEvent(new MouseEvent('click'))",
}


class Made(NamedTuple):
    """A page: its size in bytes, how many alerts are open or among the highest, and how many have their details in it."""

    size: int
    wanted: int
    detailed: int


def page(ports: Ports, target: Path) -> Made:
    """Write the report of this store."""
    built = build(ports, ReportRequest(source=f"the store {STORE}", store=STORE))
    text = html(built, ports.store)
    target.write_text(text, "utf-8")
    detailed = json.loads(text.partition('id="packed">')[2].partition("</script>")[0])["detailed"]
    return Made(len(text.encode()), len(wanted(built.report.rows)), detailed)


def draw(report: Path) -> None:
    """The pictures that the README and the documentation show."""
    here = {"width": 1280, "height": 900}
    visit(report, _picture("report-light", height=1500), **here)
    visit(report, _picture("report-dark", height=1500), scheme="dark", **here)
    visit(report, _OPEN, _OPENED, _picture("report-alert"), width=1280, height=1240)
    visit(report, _scrolled("people"), _picture("report-people"), width=1280, height=860)
    visit(report, _picture("report-narrow", height=1700), width=390, height=844)
    visit(report, {"do": "media", "media": "print"}, _picture("report-print", height=1400), width=900, height=1400)


def draw_cards(folder: Path) -> None:
    """The worst alert of the demo's story as a card in Teams, light and dark, drawn by Microsoft's renderer."""
    for scheme in card_page.SCHEMES:
        target = folder / f"card-{scheme}.html"
        target.write_text(card_page.page(card.card(picture.worst(), LINKS), scheme), "utf-8")
        visit(target, _picture(f"card-{scheme}", whole=1), width=720, height=400, scale=2)


def _picture(name: str, **more: int) -> dict[str, Any]:
    return {"do": "picture", "path": str(IMAGES / f"{name}.png"), **more}


def _scrolled(section: str) -> dict[str, Any]:
    return {"do": "evaluate", "script": f"document.getElementById('{section}').scrollIntoView()"}


def gate(report: Path, made: Made) -> Iterator[str]:
    """What is wrong with the large page: its size, the time until it is drawn, and each filter's; of several tries the best counts."""
    if made.size > MOST_BYTES:
        yield f"{made.size:,} bytes, at most {MOST_BYTES:,} are allowed"
    if made.detailed < made.wanted:
        yield f"{made.wanted - made.detailed:,} open alerts have no details"
    steps = [{"do": "evaluate", "script": _TIMED.format(script)} for script in FILTERS.values()]
    seen = [visit(report, *steps) for _ in range(TRIES)]
    opened = min(one["opened"] for one in seen)
    times = {name: min(one["results"][place] for one in seen) for place, name in enumerate(FILTERS)}
    print(
        f"{made.size:,} bytes with the details of {made.detailed:,} alerts of {made.wanted:,}; opened in {opened:,.0f} ms; filters: {', '.join(f'{name} {time:.0f} ms' for name, time in times.items())}"
    )
    if opened > OPENED_MS:
        yield f"opened in {opened:,.0f} ms, at most {OPENED_MS:,}"
    yield from (f"{name}: {time:.0f} ms, at most {FILTERED_MS}" for name, time in times.items() if time > FILTERED_MS)
    yield from (line for one in seen for line in one["console"])
    yield from (f"asked for {url}" for one in seen for url in one["requests"] if not url.startswith("file:"))


def main() -> int:
    """0 when the page is as small and as fast as it must be."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--alerts", type=int, default=50_000, help="alerts of the large page; 0 leaves the gate out")
    options = words.parse_args()
    IMAGES.mkdir(exist_ok=True)
    ports, _ = report_world.lived()
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "report.html", Path(folder) / "large.html"
        page(ports, small)
        draw(small)
        draw_cards(Path(folder))
        problems = list(gate(large, page(report_world.multiplied(ports, options.alerts), large))) if options.alerts else []
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
