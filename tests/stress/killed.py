"""``make stress``: kill -9 of the function app at random moments, on Microsoft's runtime, with Azurite, identity over TLS and a real Elasticsearch.

python -m tests.stress.killed [--kills 200] [--seed 1]
"""

import argparse
import os
import sys
from pathlib import Path
from time import monotonic

from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.server import FakeCloud
from tests.e2e.killed_azure import Identified, killed, trusted
from tests.elastic_server.fixtures import RUN, prepared

ROOT = Path(__file__).resolve().parents[2]
AT_A_TIME = 25
"""Kills of one tenant: each poll reads all of its records again."""


def main() -> int:
    """Run all; 0 when nothing is lost, nobody unheard and nothing left to send."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.killed", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
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
        sys.stdout.write(f"{figures} in {monotonic() - began:.0f} s\n")
        sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
