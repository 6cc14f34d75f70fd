"""Writes build/azure, the folder that is deployed: an allow-list of files, compiled, and nothing else.

    scripts/stage_azure.py                  # Azure installs requirements.txt (remote build)
    scripts/stage_azure.py --with-packages  # packages included, for a deployment without remote build

Never publish the repository root: there is no requirements.txt beside host.json here, so Core Tools refuse it.
"""

import argparse
import compileall
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "azure"
PACKAGES = Path(".python_packages") / "lib" / "site-packages"  # where the Functions worker looks
FILES = {"host.json": "host.json", "function_app.py": "function_app.py", "azure_function/requirements.txt": "requirements.txt"}
TREES = {"azure_function": "azure_function", "shared/gatewatch": "gatewatch"}
SUFFIXES = {".py", ".typed", ".json", ".md", ".toml"}
LEFT_OUT = (
    "gatewatch/cli/",
    "gatewatch/report/",
    "gatewatch/doctor/",
    "azure_function/cli.py",
    "azure_function/cli_",
    "azure_function/doctor/",
)
"""The command line, its reports and the doctor: the function never runs them."""


def wanted() -> dict[Path, Path]:
    """Every file that is staged, by its place in the target."""
    found = {Path(place): ROOT / source for source, place in FILES.items()}
    for source, place in TREES.items():
        for file in sorted((ROOT / source).rglob("*")):
            target = Path(place) / file.relative_to(ROOT / source)
            if file.suffix in SUFFIXES and "__pycache__" not in file.parts and not target.as_posix().startswith(LEFT_OUT):
                found[target] = file
    return found


def stage(target: Path) -> int:
    """Write the folder anew; returns how many files it holds before compiling."""
    if target.exists():
        shutil.rmtree(target)
    files = wanted()
    for place, source in files.items():
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / place)
    return len(files)


def install(target: Path) -> None:
    """The packages of the lock, as the Linux workers of Flex Consumption want them."""
    uv = shutil.which("uv") or str(ROOT / ".venv-uv" / "bin" / "uv")
    where = target / PACKAGES
    lock = target / "requirements.txt"
    platform = ["--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.13", "--only-binary", ":all:"]
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--require-hashes", "--target", str(where), *platform, "--requirement", str(lock)], check=True
    )


def compiled(target: Path) -> None:
    """Byte code beside the sources: a package is read-only in Azure, and compiling at every cold start costs seconds.

    Checked by hash, not by time, because a zip changes times.
    """
    done = compileall.compile_dir(
        target, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH, stripdir=str(target), workers=1
    )
    if not done:
        sys.exit("stage_azure: a file does not compile")


def main() -> None:
    """The command line."""
    if sys.version_info[:2] != (3, 13):
        sys.exit("stage_azure: run it with Python 3.13, the version of the function app: byte code belongs to one version")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", type=Path, default=TARGET, help="folder to write (default: build/azure); what is in it is removed")
    parser.add_argument("--with-packages", action="store_true", help="install the lock's packages into it")
    options = parser.parse_args()
    count = stage(options.target)
    if options.with_packages:
        install(options.target)
    compiled(options.target)
    print(f"{options.target}: {count} files and their byte code{', packages included' if options.with_packages else ''}")


if __name__ == "__main__":
    main()
