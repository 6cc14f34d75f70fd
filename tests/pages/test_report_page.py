"""The report in a real Chromium: nothing is asked of the network, nothing is broken, hostile values stay values, everybody can use it."""

import json
import re

import pytest

pytestmark = pytest.mark.slow

ROWS = "[...document.querySelectorAll('#list tbody tr')].length"
CHOSEN = "document.getElementById('chosen').textContent"
COPIES = "navigator.clipboard.writeText = async (text) => { (window.copies ??= []).push(text); }"


def evaluated(script: str) -> dict[str, str]:
    return {"do": "evaluate", "script": script}


def clicked(selector: str) -> dict[str, str]:
    return {"do": "click", "selector": selector}


@pytest.fixture
def page(gatewatch, filled, tmp_path):
    """The report of the demo's records."""
    target = tmp_path / "report.html"
    assert gatewatch("report", "--store", filled, "--output", target).code == 0
    return target


def quiet(seen: dict, target) -> None:
    """Nothing was said on the console, and only the file itself was asked for."""
    assert seen["console"] == []
    assert seen["requests"] == [target.resolve().as_uri()]


def test_the_page_filters_and_a_person_has_a_page_of_their_own(browse, page):
    seen = browse(
        page,
        evaluated(ROWS),
        clicked("button.tile.critical"),
        evaluated(ROWS),
        evaluated(CHOSEN),
        clicked("#clear"),
        {"do": "fill", "selector": "#find", "text": "ci-release"},
        evaluated(ROWS),
        clicked("#clear"),
        evaluated("document.querySelector('#hours .hit.active, #hours svg').focus()"),
        evaluated("document.querySelectorAll('#hours .hit')[4 * 24 + 9].dispatchEvent(new MouseEvent('click'))"),
        evaluated(CHOSEN),
        clicked("#lanes button.link"),
        {"do": "wait", "selector": "dialog[open] svg"},
        evaluated("document.querySelector('#panel').innerText"),
        evaluated("document.querySelectorAll('#panel svg .arc').length"),
    )

    quiet(seen, page)
    whole, _, critical, said, _, _, found, *_, hour, _, _, person, arcs = seen["results"]
    assert (whole, critical, found) == (4, 2, 1)
    assert said == "2 alerts of 4: critical"
    assert hour == "4 alerts of 4: Fri 09:00 UTC"
    assert re.search("gatewatch case --store sqlite:[^ ]* carla.reyes@example.com", person)
    assert arcs == 1


def test_the_keyboard_alone_opens_and_closes_an_alert(browse, page):
    opened = evaluated("document.getElementById('panel').open")
    seen = browse(
        page,
        evaluated("document.querySelector('#list button.link').focus()"),
        {"do": "press", "key": "Enter"},
        {"do": "wait", "selector": "dialog[open] h3"},
        evaluated("document.querySelector('#panel').innerText"),
        {"do": "press", "key": "Escape"},
        opened,
        evaluated("document.getElementById('weeks').querySelector('svg').focus()"),
        {"do": "press", "key": "Home"},
        {"do": "press", "key": "Enter"},
        evaluated(CHOSEN),
    )

    quiet(seen, page)
    text = seen["results"][3]
    assert "Why this score" in text
    assert "Stored records" in text
    assert "Contain these commands change things" in text
    assert seen["results"][5] is False
    assert seen["results"][-1] == "4 alerts of 4: 2026-11-16 to 2026-11-22"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_serious(browse, page, scheme, width):
    panel = [clicked("#list button.link"), {"do": "wait", "selector": "dialog[open] h3"}, {"do": "axe"}]

    seen = browse(page, {"do": "axe"}, *panel, scheme=scheme, width=width)

    assert [one for found in (seen["results"][0], seen["results"][3]) for one in found if one["impact"] in {"serious", "critical"}] == []


def test_a_page_fits_a_telephone_and_paper(browse, page, tmp_path):
    shown = evaluated("getComputedStyle(document.querySelector('.filters')).display")

    seen = browse(
        page,
        evaluated("[document.documentElement.scrollWidth, innerWidth]"),
        {"do": "media", "media": "print"},
        shown,
        {"do": "pdf", "path": str(tmp_path / "report.pdf")},
        width=390,
    )

    quiet(seen, page)
    assert seen["results"][0] == [390, 390]
    assert seen["results"][2] == "none"
    assert (tmp_path / "report.pdf").stat().st_size > 20_000


def test_hostile_values_stay_values(browse, hostile, gatewatch, tmp_path):
    value = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=2>\u2028\u202eevil\u202c\r\n`id`$(id)"
    target = tmp_path / "report.html"
    assert gatewatch("report", hostile(value), "--output", target).code == 0

    seen = browse(
        target,
        evaluated(COPIES),
        clicked("#list tr:nth-child(2) button.link"),
        {"do": "wait", "selector": "dialog[open] h3"},
        evaluated("[...document.querySelectorAll('#panel .copy:not(.person)')].forEach((one) => one.click())"),
        evaluated("document.querySelector('#panel').innerText"),
        evaluated("JSON.stringify(window.copies)"),
        evaluated("[window.hacked, document.images.length, document.body.innerText.includes('\\u202e')]"),
    )

    quiet(seen, target)
    assert seen["results"][-1] == [None, 0, False]
    assert "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=2>" in seen["results"][4]
    assert "\\u202eevil\\u202c" in seen["results"][4]
    copies = json.loads(seen["results"][5])
    assert len(copies) > 5
    assert all(re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]*", one) for one in copies)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_name_of_thousands_of_characters_is_broken_into_lines(browse, hostile, gatewatch, tmp_path, width):
    target = tmp_path / "report.html"
    assert gatewatch("report", hostile("W" * 4_000), "--output", target).code == 0
    fits = evaluated("[document.documentElement.scrollWidth <= innerWidth, panel.scrollWidth <= panel.clientWidth]")
    opened = {"do": "wait", "selector": "dialog[open] h3"}

    alert = browse(target, clicked("#list tr:nth-child(2) button.link"), opened, fits, width=width)
    person = browse(target, clicked("#lanes button.link"), {"do": "wait", "selector": "dialog[open]"}, fits, width=width)

    quiet(alert, target)
    assert (alert["results"][-1], person["results"][-1]) == ([True, True], [True, True])


def test_a_case_shows_its_lanes(browse, gatewatch, filled, tmp_path):
    target = tmp_path / "case.html"
    assert gatewatch("case", "carla.reyes@example.com", "--store", filled, "--format", "html", "--output", target).code == 0

    seen = browse(target, evaluated("document.querySelectorAll('.case-lanes svg .arc').length"), evaluated(ROWS), {"do": "axe"})

    quiet(seen, target)
    assert seen["results"][:2] == [1, 2]
    assert [one for one in seen["results"][2] if one["impact"] in {"serious", "critical"}] == []
