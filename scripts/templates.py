"""The values that the deployment templates allow, from the registries in the code: the blocks between `# <name>` and `# </name>`."""

from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

from gatewatch.model import Severity
from gatewatch.notify.channels import NAMES
from gatewatch.notify.settings import BY_TUNING

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
        "template.yaml", "    #", {"channels": lambda: values([WIRED, *channel_lists()]), "severities": lambda: values(severities())}
    )


def bicep() -> str:
    """infra/main.bicep with its generated blocks renewed."""

    def values(words: Iterable[str]) -> str:
        return f"@allowed([{', '.join(f"'{word}'" for word in words)}])"

    return _renewed("infra/main.bicep", "//", {"channels": lambda: values(channel_lists()), "severities": lambda: values(severities())})


def _renewed(name: str, comment: str, blocks: dict[str, Callable[[], str]]) -> str:
    """The file with new blocks; empty where there is no such file."""
    file = ROOT / name
    text = file.read_text("utf-8") if file.is_file() else ""
    for block, make in blocks.items() if text else ():
        start, end = f"{comment} <{block}> written by make docs\n", f"{comment} </{block}>\n"
        head, found, rest = text.partition(start)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            raise SystemExit(f"{name}: the block {block} is not there")
        text = f"{head}{start}{make()}\n{end}{tail}"
    return text
