"""Which server, which JDK, and an unpacked distribution in a folder that the user ``nobody`` can traverse."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_CACHE = "/var/tmp/gatewatch-cache"
DEFAULT_VERSION = "9.2.0"
FALLBACK_VERSION = "8.19.21"  # where only a JDK 17 is found
VERSIONS = (DEFAULT_VERSION, FALLBACK_VERSION, "opensearch-3.4.0")  # not every version is published as a bare distribution
JDK_FOLDERS: tuple[str, ...] = ("/usr/lib/jvm", "/opt/java", "/Library/Java/JavaVirtualMachines")
DOWNLOAD_SECONDS = 600
PLUGIN_CLASS = "gatewatch.testing.SecurityIndexAnalysis"
PLUGIN_SOURCE = Path(__file__).with_name("SecurityIndexAnalysis.java")


class CannotStart(Exception):  # noqa: N818 - named for what a skip says
    """Why there is no server here."""


@dataclass(frozen=True)
class Distribution:
    """An unpacked server and the JDK that runs it."""

    version: str
    home: Path
    java: Path

    @property
    def elastic(self) -> bool:
        """Elasticsearch, with security; OpenSearch comes bare."""
        return not self.version.startswith("opensearch-")


def major(home: Path) -> int:
    """The feature release of a JDK; 0 when the folder holds none with a compiler."""
    release = home / "release"
    if not (home / "bin/javac").exists() or not release.exists():
        return 0
    _, _, rest = release.read_text().partition('JAVA_VERSION="')
    number = rest.split('"')[0].split(".")[0]
    return int(number) if number.isdigit() else 0


def _jdks(environment: Mapping[str, str]) -> Iterator[Path]:
    for name in ("ES_JAVA_HOME", "JAVA_HOME"):
        if environment.get(name):
            yield Path(environment[name])
    for folder in JDK_FOLDERS:
        for home in sorted(Path(folder).glob("*"), key=major, reverse=True):
            yield from (home, home / "Contents/Home")


def jdk(at_least: int, environment: Mapping[str, str]) -> Path:
    """A JDK of this feature release or newer; raises ``CannotStart``."""
    for home in _jdks(environment):
        if major(home) >= at_least:
            return home.resolve()
    raise CannotStart(f"no JDK {at_least} or newer; set ES_JAVA_HOME")


def needs(version: str) -> int:
    """The oldest JDK that runs it."""
    return 17 if version.startswith("8.") else 21


def wanted_version(environment: Mapping[str, str]) -> str:
    """What ELASTIC_VERSION names, else 9.2, else 8.19 where only an older JDK is found."""
    if named := environment.get("ELASTIC_VERSION"):
        return named
    try:
        jdk(needs(DEFAULT_VERSION), environment)
    except CannotStart:
        return FALLBACK_VERSION
    return DEFAULT_VERSION


def distribution(version: str, environment: Mapping[str, str] | None = None) -> Distribution:
    """Download once, unpack once, add the plugin once; raises ``CannotStart`` with the reason."""
    environment = os.environ if environment is None else environment
    java = jdk(needs(version), environment)
    cache = Path(environment.get("GATEWATCH_CACHE") or DEFAULT_CACHE)
    cache.mkdir(mode=0o755, parents=True, exist_ok=True)
    _traversable(cache)
    product, number = (
        ("opensearch", version.removeprefix("opensearch-")) if version.startswith("opensearch-") else ("elasticsearch", version)
    )
    home = cache / f"{product}-{number}"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        _unpack(_download(product, number, cache), home, cache)
        if product == "elasticsearch":
            _add_plugin(home, number, java)
        (home / "ready").touch()
    return Distribution(version, home, java)


def _traversable(cache: Path) -> None:
    """The server runs as ``nobody`` when root starts it, so every folder on the way must let others through."""
    if os.geteuid() == 0:
        closed = [str(folder) for folder in (cache.resolve(), *cache.resolve().parents) if not folder.stat().st_mode & 0o001]
        if closed:
            raise CannotStart(f"the user nobody cannot enter {closed[0]}; set GATEWATCH_CACHE to a folder that others can traverse")


def _download(product: str, number: str, cache: Path) -> Path:
    target = cache / f"{product}-{number}.zip"
    if not target.exists():
        if shutil.which("mvn") is None:
            raise CannotStart("no Maven on the path to fetch the server with")
        group = {"elasticsearch": "org.elasticsearch", "opensearch": "org.opensearch"}[product]
        artifact = f"{group}.distribution.integ-test-zip:{product}:{number}:zip"
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={cache}"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS)
        if done.returncode or not target.exists():
            raise CannotStart(f"Maven could not fetch {artifact}: {done.stdout[-300:]}")
    return target


def _unpack(archive: Path, home: Path, cache: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(cache)
    for tool in (home / "bin").iterdir():
        tool.chmod(0o755)


def _add_plugin(home: Path, number: str, java: Path) -> None:
    """The three analysis parts that the index behind API keys asks for and the bare distribution lacks."""
    target, classes, release = home / "plugins/security-index-analysis", home / "plugin-classes", str(needs(number))
    compiler = [java / "bin/javac", "--release", release, "-proc:none", "-cp", f"{home}/lib/*", "-d", classes, PLUGIN_SOURCE]
    subprocess.run(compiler, check=True, capture_output=True)
    target.mkdir(parents=True)
    subprocess.run([java / "bin/jar", "cf", target / "plugin.jar", "-C", classes, "."], check=True)
    described = {
        "description": "analysis parts of the security index",
        "version": "1",
        "name": "security-index-analysis",
        "classname": PLUGIN_CLASS,
        "java.version": release,
        "elasticsearch.version": number,
    }
    (target / "plugin-descriptor.properties").write_text("".join(f"{name}={value}\n" for name, value in described.items()))
    shutil.rmtree(classes)
