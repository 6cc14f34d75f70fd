"""Our card as Microsoft's own renderer draws it in a real Chromium: everything is shown, hostile values stay text, nobody is asked."""

import pytest

from gatewatch.notify import card
from gatewatch.notify.links import Links
from gatewatch.ports import Notice
from scripts import card_page
from tests.unit.conftest import HOSTILE, place_everywhere

pytestmark = pytest.mark.slow

LINKS = Links(runbooks="https://wiki.example/playbooks", document="https://kibana.example/alerts/{id}")
TEXT = {"do": "evaluate", "script": "document.querySelector('main').textContent"}
MARKUP = {"do": "evaluate", "script": "document.querySelectorAll('main :is(a, img, svg, iframe, script, input, video, object)').length"}
BUTTONS = {"do": "evaluate", "script": "[...document.querySelectorAll('main .ac-pushButton')].map((one) => one.textContent)"}


@pytest.fixture
def draw(browse, tmp_path):
    def drawn(notice, scheme, *steps):
        target = tmp_path / "card.html"
        target.write_text(card_page.page(card.card(notice, LINKS), scheme), "utf-8")
        seen = browse(target, *steps)
        assert seen["requests"] == [target.resolve().as_uri()]
        assert seen["console"] == []
        return seen["results"]

    return drawn


@pytest.mark.parametrize("scheme", card_page.SCHEMES)
def test_everything_of_the_alert_is_shown_and_can_be_read(draw, notice, scheme):
    worst = notice("xcloud")
    text, markup, buttons, found = draw(worst, scheme, TEXT, MARKUP, BUTTONS, {"do": "axe"})
    snapshot = worst.alert.snapshot
    for part in (
        f"{worst.alert.severity.value.upper()} {worst.alert.score}",
        worst.alert.id,
        *snapshot.addresses,
        *(one.reason for one in snapshot.components),
    ):
        assert part in text
    assert markup == 0
    assert buttons[:2] == ["Runbook", "Alert document"]
    assert [one for one in found if one["impact"] in {"serious", "critical"}] == []


MARKED_UP = "\n".join(HOSTILE[name] for name in ("markdown", "html", "mention", "line separators", "formula", "braces", "bidi", "quotes"))


def test_hostile_values_stay_text(draw, notice):
    shown, markup = draw(Notice(alert=place_everywhere(notice("xcloud").alert, MARKED_UP), why="new"), "light", TEXT, MARKUP)
    assert markup == 0
    for part in ("**bold** [click]", "<script>alert(1)</script>", "<at>Security Team</at>", "=HYPERLINK(", "${jndi:"):
        assert part in shown
