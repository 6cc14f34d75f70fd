"""Writes build/azure, the folder that is deployed: an allow-list of files and the packages they need, compiled, and nothing else.

    scripts/stage_azure.py                     # with the packages: publish it without a remote build
    scripts/stage_azure.py --without-packages  # a remote build would install requirements.txt: 440 MB

What was left out of the packages, and why, is written to build/azure-left-out.txt. Never publish the repository root: there is no
requirements.txt beside host.json here, so Core Tools refuse it.
"""

import argparse
import compileall
import py_compile
import shutil
import sys
from pathlib import Path

from scripts import azure_packages

MOST_BYTES = 75_000_000
"""Unpacked, byte code included."""
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "azure"
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
    parser.add_argument("--without-packages", action="store_true", help="leave the packages of the lock out")
    options = parser.parse_args()
    target: Path = options.target
    count = stage(target)
    if not options.without_packages:
        build_in(target)
    compiled(target)
    size = azure_packages.bytes_of(target)
    print(
        f"{target}: {count} files of the app, packages {'left out' if options.without_packages else 'built in'}, {size / 1e6:.1f} MB with byte code"
    )
    if size > MOST_BYTES:
        sys.exit(f"stage_azure: more than {MOST_BYTES / 1e6:.0f} MB")


def build_in(target: Path) -> None:
    """The packages, without what the app never imports, after a proof that it can build each of its requests from what is left."""
    packages = target / azure_packages.PACKAGES
    azure_packages.install(target)
    left_out = azure_packages.prune(target, packages)
    listed = target.with_name(f"{target.name}-left-out.txt")
    listed.write_text("".join(f"{what}: {reason}\n" for what, reason in left_out.items()), "utf-8")
    asked, modules = azure_packages.walked(target, packages)
    print(f"{asked} requests to Graph can be built from {len(modules)} modules of its SDK; {len(left_out)} things left out: {listed}")


if __name__ == "__main__":
    main()
