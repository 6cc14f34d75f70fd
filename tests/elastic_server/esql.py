"""Elastic's own ES|QL parser, which the bare distribution lacks: fetched by Maven and run beside the server's libraries. Nothing is kept."""

import base64
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .distribution import DOWNLOAD_SECONDS, CannotStart, Distribution

VERSION = "8.19.21"
"""The version whose parser is published with all that it needs."""

_PROGRAM = Path(__file__).with_name("EsqlParse.java")
_ARTIFACTS = (
    *(f"org.elasticsearch.plugin:{name}:{VERSION}" for name in ("x-pack-esql", "x-pack-esql-core", "x-pack-esql-compute", "x-pack-core")),
    f"org.elasticsearch:elasticsearch-dissect:{VERSION}",
    "org.antlr:antlr4-runtime:4.13.1",
)


def problems(queries: Sequence[str], server: Distribution) -> list[str]:
    """What the parser says of each query, "ok" for one that it reads. Raises ``CannotStart``."""
    folder = server.home.parent / f"esql-{VERSION}"
    for artifact in _ARTIFACTS:
        _fetch(artifact, folder)
    classes = [f"{server.home}/lib/*", f"{server.home}/modules/x-pack-core/*", f"{folder}/*"]
    given = "\n".join(base64.b64encode(query.encode("utf-8", "replace")).decode() for query in queries)
    argv = [str(server.java / "bin/java"), "-cp", os.pathsep.join(classes), str(_PROGRAM)]
    return subprocess.run(argv, input=given, capture_output=True, text=True, check=True).stdout.splitlines()


def _fetch(artifact: str, folder: Path) -> None:
    _, name, version = artifact.split(":")
    if (folder / f"{name}-{version}.jar").is_file():
        return
    if shutil.which("mvn") is None:
        raise CannotStart("no Maven on the path to fetch Elastic's parser with")
    argv = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}:jar", f"-DoutputDirectory={folder}"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS)
    if done.returncode:
        raise CannotStart(f"Maven could not fetch {artifact}: {done.stdout[-300:]}")
