"""`make elastic`: a real Elasticsearch on this machine with templates and a key, until Ctrl-C; then it is gone."""

import signal
import sys
import threading

from gatewatch.stores.elastic import open_client
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.roles import KeyRole, privileges
from gatewatch.stores.elastic.setup import apply
from tests.elastic_server.distribution import CannotStart
from tests.elastic_server.server import running


def _everything() -> list[dict[str, object]]:
    """Every role's rights: who tries things at home is everybody at once."""
    return [part for role in KeyRole for part in privileges(Names(), role)]


def main() -> int:
    """Start it, set it up, say how to use it, wait."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the server is stopped at exit
    print("elastic: starting (the first time it is fetched and unpacked) ...", flush=True)
    try:
        server = running()
    except CannotStart as reason:
        print(f"elastic: not here: {reason}", file=sys.stderr)
        return 1
    settings = {"ELASTIC_URL": server.url, "ELASTIC_USERNAME": server.user, "ELASTIC_PASSWORD": server.password}
    if server.ca:
        settings["ELASTIC_CA_FILE"] = str(server.ca)
    client = open_client(settings)
    apply(client, Names())
    client.close()
    said = {"ELASTIC_URL": server.url, "ELASTIC_API_KEY": server.key({"here": {"cluster": [], "indices": _everything()}}, "here")}
    if server.ca:
        said["ELASTIC_CA_FILE"] = str(server.ca)
    print(f"elastic: {server.version} is ready. In another terminal:\n")
    for name, value in said.items():
        print(f"  export {name}={value}")
    print(
        "\n  make demo ELASTIC_URL=$ELASTIC_URL\n  gatewatch alerts list --store $ELASTIC_URL\n\nCtrl-C stops it and removes its data.",
        flush=True,
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\nelastic: stopped")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
