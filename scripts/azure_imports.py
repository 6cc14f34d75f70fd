"""What the first poll of a cold function app imports, beside the usual stack: CPU of whole processes over bare Python, interleaved.

    make package-azure && .venv/bin/python scripts/azure_imports.py --rounds 9

The poll is the package's own: the app as the host indexes it, and everything that a poll opens (state table, credential, Graph, Elasticsearch), without a
request. The usual stack is what the vendors' examples import for the same work, from whole packages: the clients alone, and with the SDK's
models of sign-ins and risk detections, into which its own ``get()`` reads a page. ``own code`` is the app as the host indexes it and its store, without a
client of a vendor: what no other choice of clients could take away. Byte code is there on both sides: the first round writes what is missing.
"""

import argparse
import os
import resource
import subprocess
import sys
import sysconfig
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
STAGED = ROOT / "build" / "azure"
WHOLE = Path(sysconfig.get_path("purelib"))
ENVIRONMENT = {
    "TENANT_ID": "0f0e0d0c-1111-4222-8333-444455556666",
    "GRAPH_API": "v1.0",
    "STATE_TABLE_ENDPOINT": "https://state.table.core.windows.net",
    "STATE_QUEUE_ENDPOINT": "https://state.queue.core.windows.net",
    "ELASTIC_URL": "https://elastic.example",
    "ELASTIC_API_KEY": "aWQ6a2V5",
    "NOTIFY_CHANNELS": "teams",
    "TEAMS_WEBHOOK_URL": "https://hooks.example/x",
    "POLL_SCHEDULE": "x",
    "SWEEP_SCHEDULE": "x",
}
POLL = """
import function_app
from azure_function import wiring
with wiring.session("w") as now:
    now.needs.source._http.client.audit_logs.sign_ins.to_get_request_information()
import kiota_abstractions.native_response_handler, kiota_abstractions.base_request_configuration, kiota_http.middleware.options
"""
OWN = """
import function_app
import asyncio, ssl, urllib3, gatewatch.stores.elastic, gatewatch.notify.channels.teams
"""
CLIENTS = """
import sys
sys.modules.update(dict.fromkeys(("click", "pygments", "rich")))  # of this checkout's tools, not of the stack; httpx imports them where they are
import azure.functions
from azure.identity import ManagedIdentityCredential
from azure.data.tables import TableClient
from azure.storage.queue import QueueClient
from msgraph import GraphServiceClient
client = GraphServiceClient(ManagedIdentityCredential(), ["https://graph.microsoft.com/.default"])
client.audit_logs.sign_ins.to_get_request_information()
"""
MODELS = (
    CLIENTS
    + """
from msgraph.generated.models.sign_in_collection_response import SignInCollectionResponse
from msgraph.generated.models.sign_in import SignIn
from msgraph.generated.models.risk_detection import RiskDetection
SignInCollectionResponse().get_field_deserializers(), SignIn().get_field_deserializers(), RiskDetection().get_field_deserializers()
"""
)


def cpu(program: str, *folders: Path) -> float:
    """The CPU seconds of a process that runs this with these folders and nothing else in sight; raises ``CalledProcessError``."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(map(str, folders)), **ENVIRONMENT}
    subprocess.run([sys.executable, "-S", "-P", "-c", program], env=environment, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    package = (STAGED, STAGED / ".python_packages" / "lib" / "site-packages")
    if not package[1].exists():
        sys.exit("azure_imports: make package-azure first")
    programs = {
        "bare": ("pass", package),
        "own code": (OWN, package),
        "first poll": (POLL, package),
        "usual clients": (CLIENTS, (WHOLE,)),
        "usual stack": (MODELS, (WHOLE,)),
    }
    measured: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds + 1):
        for name, (program, folders) in programs.items():
            measured[name].append(cpu(program, *folders))
    cost = {name: [one - bare for one, bare in zip(values[1:], measured["bare"][1:], strict=True)] for name, values in measured.items()}
    for name, values in cost.items():
        print(f"{name:14} {median(values) * 1000:6.0f} ms")
    for name in ("usual clients", "usual stack"):
        ratio = median(mine / theirs for mine, theirs in zip(cost["first poll"], cost[name], strict=True))
        print(f"first poll / {name}: {ratio:.2f}")


if __name__ == "__main__":
    main()
