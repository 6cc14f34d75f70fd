"""Breaks the rules and the score on purpose, one small change at a time, and says which change no test notices.

``python benchmarks/mutate.py [WORD ...]`` (``make mutate``) tries every mutant of the modules whose name holds a word (all without one).
Each mutant runs in a forked child: first the rules' own examples, then the deterministic tests of ``tests/rules``.
Exit 0: every survivor is explained in docs/mutation.md. Exit 1: some are not, or an explanation is stale. Exit 2: the tests fail unmutated.
"""

import ast
import contextlib
import io
import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

import msgspec  # noqa: F401 - imported before the forks, which then need not
import pytest
from mutations import Mutation, mutations

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "shared"
EXPLAINED = ROOT / "docs" / "mutation.md"
TARGETS = ("gatewatch/rules/*.py", "gatewatch/score.py", "gatewatch/modifiers.py", "gatewatch/suppression.py")
NO_LOGIC = {"__init__.py", "samples.py", "page.py", "controls.py"}
TESTS = ("test_score.py", "test_modifiers.py", "test_suppression.py", "test_entra_facts.py")
SECONDS_PER_MUTANT = 60


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    path: Path
    change: Mutation

    @property
    def key(self) -> str:
        """What names it across runs: module, function and the change, without line numbers."""
        return f"{self.module}.{self.change.where}: {self.change.before} -> {self.change.after}"


class _Mutated(MetaPathFinder, Loader):
    """Gives one module its mutated code; everything else is found as usual."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The mutated module's spec, or None."""
        del path, target
        return spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        """Runs the mutated code."""
        exec(self._code, module.__dict__)  # noqa: S102 - our own source, changed in one place


def mutants(words: Sequence[str]) -> Iterator[Mutant]:
    """Every mutant of the chosen modules, in order of file and place."""
    for path in sorted(path for pattern in TARGETS for path in SOURCE.glob(pattern)):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        if path.name not in NO_LOGIC and (not words or any(word in module for word in words)):
            for change in mutations(path.read_text("utf-8")):
                yield Mutant(module, path, change)


def _unchanged() -> Mutant:
    path = SOURCE / "gatewatch" / "score.py"
    return Mutant("gatewatch.score", path, Mutation(ast.parse(path.read_text("utf-8")), "", 0, "", ""))


def survives(mutant: Mutant) -> bool:
    """Whether no test notices the mutant."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS_PER_MUTANT)
        os._exit(_tried(mutant))
    _, status = os.waitpid(child, 0)
    return status == 0


def _tried(mutant: Mutant) -> int:
    """0 when every test passes, in the child."""
    code = compile(mutant.change.tree, str(mutant.path), "exec")
    sys.meta_path.insert(0, _Mutated(mutant.module, code))
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            if not _examples_hold():
                return 1
            files = [str(ROOT / "tests" / "rules" / name) for name in TESTS]
            return int(
                pytest.main(
                    ["-x", "-q", "--assert=plain", "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *files]
                )
            )
    except BaseException:  # noqa: BLE001 - whatever a mutant raises, it was noticed
        return 1


def _examples_hold() -> bool:
    from gatewatch.rule import Around  # noqa: PLC0415 - in the child only, after the mutant is in place
    from gatewatch.rules import PAIR_RULES, RULES  # noqa: PLC0415 - same

    def points(found: object) -> object:
        return getattr(found, "points", None)

    single = all(points(r.match(e.activity, Around(e.around), e.tuning)) == e.points for r in RULES for e in r.examples)
    return single and all(points(r.match(e.first, e.second, e.tuning)) == e.points for r in PAIR_RULES for e in r.examples)


def explained() -> set[str]:
    """The keys of the survivors that docs/mutation.md explains."""
    text = EXPLAINED.read_text("utf-8") if EXPLAINED.is_file() else ""
    return {key.replace("\\|", "|") for key in re.findall(r"^\| `(.+?)` \|", text, re.MULTILINE)}


def run(words: Sequence[str]) -> int:
    """Tries every mutant; prints survivors and the count."""
    began = time.monotonic()
    if not survives(_unchanged()):
        print("the tests fail on the unchanged rules: nothing can be said about mutants")
        return 2
    tried = 0
    survivors: list[Mutant] = []
    known = explained()
    for mutant in mutants(words):
        tried += 1
        if survives(mutant):
            survivors.append(mutant)
            if mutant.key not in known:
                print(f"SURVIVES {mutant.path.relative_to(ROOT)}:{mutant.change.line}: {mutant.key}", flush=True)
    unexplained = [mutant for mutant in survivors if mutant.key not in known]
    stale = set() if words else known - {mutant.key for mutant in survivors}
    for key in sorted(stale):
        print(f"STALE explanation, no such survivor: {key}")
    print(
        f"{tried} mutants, {tried - len(survivors)} killed, {len(survivors)} survive, "
        f"{len(unexplained)} of them unexplained, in {time.monotonic() - began:.0f} s"
    )
    return 1 if unexplained or stale or not tried else 0


if __name__ == "__main__":
    os.environ.pop("CONFORMANCE_DATA", None)  # noqa: TID251 - the same result wherever it runs
    raise SystemExit(run(sys.argv[1:]))
