"""The packages of the function app, built in: wheels for Flex Consumption's Linux, checked by hash, without what the app never imports.

``msgraph-sdk`` has 16,700 modules; the app uses it as a builder of requests and imports some twenty. Which ones is asked of the installed SDK itself:
every request builder that the code names is walked to, and what that loads is kept. The same walk, on what is left and with nothing else in
sight (``python -S``), is the test.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

PACKAGES = Path(".python_packages") / "lib" / "site-packages"  # where the Functions worker looks
PLATFORM = ("--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.13", "--only-binary", ":all:")
_ASYNC = "an asynchronous transport of azure-core, which its synchronous clients never use"
_HTTP2 = "HTTP/2, which our connection to Graph does not speak"
LEFT_OUT = {
    "aiohappyeyeballs": _ASYNC, "aiohttp": _ASYNC, "aiosignal": _ASYNC, "attrs": _ASYNC, "frozenlist": _ASYNC, "multidict": _ASYNC,
    "propcache": _ASYNC, "yarl": _ASYNC, "h2": _HTTP2, "hpack": _HTTP2, "hyperframe": _HTTP2,
}  # fmt: skip
"""Packages that others ask for and nothing imports here, with the reason."""
SDK = "msgraph"
_CHAIN = re.compile(r"\bclient((?:\.[a-z_]+)+)")


def install(target: Path) -> None:
    """The packages of ``target/requirements.txt`` into the place where the worker looks; raises ``CalledProcessError``."""
    root = Path(__file__).resolve().parent.parent
    uv = shutil.which("uv") or str(root / ".venv-uv" / "bin" / "uv")
    lock, where = target / "requirements.txt", target / PACKAGES
    command = [uv, "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--target", str(where), *PLATFORM, "-r", str(lock)]
    subprocess.run(command, check=True)


def builders(code: Path) -> list[str]:
    """The request builders that the code of Graph (``graph*.py``) walks to from ``client``, such as ``audit_logs.sign_ins``."""
    found: set[str] = set()
    for file in sorted(code.glob("graph*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                found |= {chain.strip(".") for chain in _CHAIN.findall(ast.unparse(node))}
    paths = {re.split(r"\.(?:by_|with_url|to_)", chain)[0] for chain in found if not chain.startswith("request_adapter")}
    return sorted(path for path in paths if not any(other.startswith(f"{path}.") for other in paths))


def methods(code: Path) -> list[str]:
    """The names of methods by which the code asks for one record (``by_sign_in_id``)."""
    return sorted(set(re.findall(r"\.(by_\w+_id)\(", "".join(file.read_text("utf-8") for file in sorted(code.rglob("*.py"))))))


WALK = """
import json, sys
from unittest.mock import Mock
chains, by_id = json.loads(sys.argv[1])
from kiota_abstractions.base_request_configuration import RequestConfiguration
from azure_function.graph_http import GraphHttp
from azure_function.settings import GraphSettings
client = GraphHttp(GraphSettings(tenant_id="t", api="v1.0"), Mock(), Mock(), Mock()).client
asked = 0
for chain in chains:
    builder = client
    for part in chain.split("."):
        builder = getattr(builder, part)
    for name in dir(builder):
        if name.endswith("GetQueryParameters"):
            builder.to_get_request_information(RequestConfiguration(query_parameters=getattr(builder, name)()))
            builder.with_url("https://graph.microsoft.com/v1.0/next").to_get_request_information()
            asked += 1
    for name in set(by_id) & set(dir(builder)):
        getattr(builder, name)("1").to_get_request_information()
        asked += 1
print(json.dumps([asked, sorted(name for name in sys.modules if name.partition(".")[0] == "msgraph")]))
"""


def walked(staged: Path, packages: Path) -> tuple[int, list[str]]:
    """How many requests the staged app can build and which modules of the SDK that loads, with these packages and nothing else in sight.

    Raises ``CalledProcessError`` where something cannot be imported.
    """
    code = staged / "azure_function"
    done = alone(staged, packages, WALK, json.dumps([builders(code), methods(code)]))
    number, modules = json.loads(done)
    return number, modules


def alone(staged: Path, packages: Path, program: str, *arguments: str) -> str:
    """What a program prints that sees the staged app and its packages only; raises ``CalledProcessError``."""
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": f"{staged}{os.pathsep}{packages}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", "-P", "-c", program, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def kept(packages: Path, modules: Iterable[str]) -> set[Path]:
    """The files of these modules, relative to the packages; some folders of the SDK have no ``__init__.py``."""
    return {file.relative_to(packages) for name in modules if (file := _file(packages, name)).exists()}


def prune(staged: Path, packages: Path) -> dict[str, str]:
    """Takes out what the app never imports; what was left out, with the reason."""
    keep = kept(packages, walked(staged, packages)[1])
    sdk, whole = packages / SDK, packages / f"{SDK}.whole"
    sdk.rename(whole)
    for file in keep:
        (packages / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(whole / file.relative_to(SDK), packages / file)
    left_out = {f"{SDK}: {sum(1 for _ in whole.rglob('*.py')) - len(keep)} modules": "builders and models that no request of ours needs"}
    shutil.rmtree(whole)
    for name, reason in LEFT_OUT.items():
        if (found := distribution(packages, name)) is not None:
            left_out[f"{name} {found.version}"] = reason
            for own in top_level(found):
                place = packages / own
                shutil.rmtree(place) if place.is_dir() else place.unlink()
    return left_out


def _file(packages: Path, module: str) -> Path:
    path = packages.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def distribution(packages: Path, name: str) -> Distribution | None:
    """The installed distribution of this name, None where there is none."""
    return next((PathDistribution(found) for found in packages.glob(f"{name.replace('-', '_')}-*.dist-info")), None)


def top_level(found: Distribution) -> set[str]:
    """The names of its own folders and files among the packages."""
    return {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "bin")}


def bytes_of(folder: Path) -> int:
    """The size of a folder, in bytes of its files."""
    return sum(file.stat().st_size for file in files_of(folder))


def files_of(folder: Path) -> Iterator[Path]:
    """The files of a folder."""
    return (file for file in sorted(folder.rglob("*")) if file.is_file())
