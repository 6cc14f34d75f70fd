"""What is generated in the deployment templates: the blocks between `# <name>` and `# </name>`, from the registries in the code."""

import re
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

from gatewatch import __version__
from gatewatch.model import Severity
from gatewatch.notify.channels import NAMES
from gatewatch.notify.settings import BY_TUNING
from scripts import event_rules

ROOT = Path(__file__).resolve().parent.parent
WIRED = "wired"
"""The AWS template's word for "those that this stack serves"."""


def channel_lists() -> list[str]:
    """Every set of channels, as NOTIFY_CHANNELS names it."""
    return [",".join(chosen) for size in range(1, len(NAMES) + 1) for chosen in combinations(NAMES, size)]


def severities() -> list[str]:
    """What NOTIFY_FROM takes."""
    return [BY_TUNING, *Severity]


def sam() -> str:
    """template.yaml with its generated blocks renewed."""

    def values(words: Iterable[str]) -> str:
        return f"    AllowedValues: [{', '.join(f'"{word}"' if ',' in word else word for word in words)}]"

    return _renewed(
        "template.yaml",
        {
            "channels": lambda: values([WIRED, *channel_lists()]),
            "severities": lambda: values(severities()),
            "home-rules": event_rules.home_rules,
            "central-rules": event_rules.central_rules,
            "queue-sources": event_rules.home_sources,
            "dead-letter-sources": event_rules.home_sources,
            "rule-alarms": event_rules.alarms,
        },
    )


def forwarder() -> str:
    """infra/aws/region-forwarder.yaml with its generated blocks renewed."""
    return _renewed(
        "infra/aws/region-forwarder.yaml", {"rules": event_rules.forwarder_rules, "dead-letter-sources": event_rules.forwarder_sources}
    )


def bicep() -> str:
    """infra/main.bicep with its generated blocks renewed."""

    def values(words: Iterable[str]) -> str:
        return f"@allowed([{', '.join(f"'{word}'" for word in words)}])"

    return _renewed(
        "infra/main.bicep",
        {
            "channels": lambda: values(channel_lists()),
            "severities": lambda: values(severities()),
            "version": lambda: f"      TEMPLATE_VERSION: '{__version__}'",
        },
    )


def _renewed(name: str, blocks: dict[str, Callable[[], str]]) -> str:
    """The file with new blocks; empty where there is no such file."""
    file = ROOT / name
    text = file.read_text("utf-8") if file.is_file() else ""
    for block, make in blocks.items() if text else ():
        found = re.search(rf"(?ms)^( *(?:#|//) <{block}> written by make docs\n).*?(^ *(?:#|//) </{block}>$)", text)
        if found is None:
            raise SystemExit(f"{name}: the block {block} is not there")
        text = f"{text[: found.end(1)]}{make()}\n{text[found.start(2) :]}"
    return text
