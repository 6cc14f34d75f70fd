"""The published queries (``infra/elastic/queries``), which the wheel carries: Kibana's saved searches ask the same questions."""

import re
from pathlib import Path

from ....errors import ConfigError
from ..names import Names

_HERE = Path(__file__).resolve().parents[3]
_FOLDERS = (_HERE / "queries", _HERE.parents[1] / "infra" / "elastic" / "queries")  # in the wheel; in a checkout
_COMMENT = re.compile(r"^//.*\n", re.MULTILINE)


def kql(name: str) -> str:
    """The text of a query for Kibana's search bar.

    Raises:
        ConfigError: there is none of this name.
    """
    return _read(f"kql/{name}.kql").strip()


def esql(name: str, names: Names) -> str:
    """An ES|QL query without its comments, over the indices of this installation.

    Raises:
        ConfigError: there is none of this name.
    """
    found = _COMMENT.sub("", _read(f"esql/{name}.esql")).strip()
    standard = Names()
    for shipped, own in ((standard.alerts, names.alerts), (standard.evidence, names.evidence)):
        found = found.replace(shipped, own)
    return found


def _read(name: str) -> str:
    for folder in _FOLDERS:
        file = folder / name
        if file.is_file():
            return file.read_text("utf-8")
    message = f"the query {name} is missing in this installation"
    raise ConfigError(message)
