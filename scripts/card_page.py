"""A page with our card as Microsoft's own renderer draws it (npm adaptivecards), in the colours that Teams gives its cards."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from scripts.local_cloud.node import MODULES

RENDERER = MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js"


class Scheme(NamedTuple):
    """The colours of a theme of Teams; those of a severity as background and text."""

    page: str
    card: str
    text: str
    subtle: str
    border: str
    attention: tuple[str, str]
    warning: tuple[str, str]
    accent: tuple[str, str]


SCHEMES = {
    "light": Scheme(
        "#f5f5f5", "#ffffff", "#242424", "#616161", "#e0e0e0", ("#fdf3f4", "#b10e1c"), ("#fff9f5", "#8a3707"), ("#ebf3fc", "#115ea3")
    ),
    "dark": Scheme(
        "#1f1f1f", "#292929", "#ffffff", "#adadad", "#525252", ("#3b0509", "#f1707b"), ("#411200", "#fdb08a"), ("#0a2e4a", "#62abf5")
    ),
}


def page(message: Mapping[str, Any], scheme: str) -> str:
    """A whole HTML page, which asks the network for nothing. ``message`` is what the webhook gets; ``scheme`` is light or dark."""
    colours = SCHEMES[scheme]
    content, host = (json.dumps(value).replace("<", "\\u003c") for value in (message["attachments"][0]["content"], _host(colours)))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Gatewatch card</title>
<style>
body {{ margin: 0; padding: 28px; background: {colours.page}; font: 14px/20px "Segoe UI", Inter, system-ui, sans-serif; }}
main {{ max-width: 640px; margin: auto; background: {colours.card}; border: 1px solid {colours.border}; border-radius: 8px; overflow: hidden; }}
.ac-pushButton {{ font: inherit; font-weight: 600; padding: 5px 12px; border-radius: 4px; color: {colours.text}; background: {colours.card};
  border: 1px solid {colours.border}; }}
</style></head>
<body><main></main>
<script>{RENDERER.read_text("utf-8")}</script>
<script>
const shown = new AdaptiveCards.AdaptiveCard();
shown.hostConfig = new AdaptiveCards.HostConfig({host});
shown.parse({content});
document.querySelector("main").append(shown.render());
document.documentElement.classList.add("scripted");
</script></body></html>
"""


def _host(colours: Scheme) -> dict[str, object]:
    """What Teams tells the renderer: sizes, spaces and the colours of each container."""
    named = {name: getattr(colours, name) for name in ("attention", "warning", "accent")}
    styles = {name: _container(colours, background, {name: text}) for name, (background, text) in named.items()}
    styles["default"] = _container(colours, colours.card, {name: text for name, (_, text) in named.items()})
    styles["emphasis"] = _container(colours, colours.page, {})
    weights, sizes = (
        {"lighter": 300, "default": 400, "bolder": 600},
        {"small": 12, "default": 14, "medium": 16, "large": 20, "extraLarge": 24},
    )
    families = {"default": "Segoe UI, Inter, system-ui, sans-serif", "monospace": "Consolas, JetBrains Mono, monospace"}
    return {
        "fontTypes": {name: {"fontFamily": family, "fontSizes": sizes, "fontWeights": weights} for name, family in families.items()},
        "spacing": {"small": 4, "default": 8, "medium": 16, "large": 20, "extraLarge": 24, "padding": 16},
        "separator": {"lineThickness": 1, "lineColor": colours.border},
        "containerStyles": styles,
        "actions": {"maxActions": 6, "actionsOrientation": "horizontal", "actionAlignment": "left", "buttonSpacing": 8},
    }


def _container(colours: Scheme, background: str, strong: Mapping[str, str]) -> dict[str, object]:
    shades = {"default": {"default": colours.text, "subtle": colours.subtle}}
    shades |= {name: {"default": text, "subtle": text} for name, text in strong.items()}
    return {"backgroundColor": background, "foregroundColors": shades}
