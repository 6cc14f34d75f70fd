"""``make stress``: kill -9 of the function app at random moments, on Microsoft's runtime, with Azurite, identity over TLS and a real Elasticsearch.

python -m tests.stress.killed [--kills 200] [--seed 1] [--write]

Each 25 kills are a series with a tenant of its own; series N is made by the seed N. ``--write`` puts each into the table of docs/azure.md.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from time import monotonic

from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.server import FakeCloud
from tests.e2e.killed_azure import Figures, Identified, killed, trusted
from tests.elastic_server.fixtures import RUN, prepared

ROOT = Path(__file__).resolve().parents[2]
AT_A_TIME = 25
"""Kills of one tenant: each poll reads all of its records again."""
PAGE = ROOT / "docs" / "azure.md"
_TABLE = re.compile(r"(?<=<!-- killed -->\n).*?(?=<!-- /killed -->)", re.DOTALL)
_HEAD = (
    "| series | kills | at work | records | lost | not notified | notified again without a kill | again after one | left to send |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def main() -> int:
    """Run all; 0 when nothing is lost, nobody unheard and nothing left to send."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.killed", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/azure.md")
    asked = parser.parse_args()
    elastic, wrong = prepared(), 0
    for number, done in enumerate(range(0, asked.kills, AT_A_TIME)):
        namespace, began = f"killed{number}_{RUN}", monotonic()
        store = {
            "ELASTIC_URL": elastic.server.url,
            "ELASTIC_NAMESPACE": namespace,
            "ELASTIC_API_KEY": elastic.key.header().removeprefix("ApiKey ") if elastic.key else "none",
            **({"ELASTIC_CA_FILE": str(elastic.server.ca)} if elastic.server.ca else {}),
        }
        with FakeCloud() as cloud, Azurite(secure=True) as storage:
            world = Identified(None, storage, cloud, store, lambda place=namespace: ElasticStore(elastic.client(), namespace=place))
            with trusted(world) as trust:
                os.environ.update(trust)
                world.make_table()
                figures = killed(world, min(AT_A_TIME, asked.kills - done), asked.seed + number, ROOT, trust)
        wrong += not figures.right
        if asked.write:
            write(asked.seed + number, figures)
        sys.stdout.write(f"{figures} in {monotonic() - began:.0f} s\n")
        sys.stdout.flush()
    return 1 if wrong else 0


def write(series: int, figures: Figures) -> None:
    """Put the figures of a series into its row of the table."""
    page = PAGE.read_text("utf-8")
    found = _TABLE.search(page)
    rows = {int(line.split("|")[1]): line for line in (found[0] if found else "").splitlines()[2:]}
    cells = (series, figures.kills, figures.in_work, figures.records, len(figures.lost), len(figures.unheard), len(figures.doubled))
    rows[series] = f"| {' | '.join(str(cell) for cell in (*cells, figures.twice, figures.pending))} |"
    PAGE.write_text(_TABLE.sub(_HEAD + "".join(f"{rows[number]}\n" for number in sorted(rows)), page), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
