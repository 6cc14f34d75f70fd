"""Breaks the rules, the score and the grouping on purpose, one small change at a time, and says which change no test notices.

``python benchmarks/mutate.py [WORD ...]`` (``make mutate``) tries every mutant of the modules whose name holds a word (all without one).
Each mutant runs in a forked child, against the deterministic tests of its own part: for rules and score the rules' own examples and
``tests/rules``, for linking, grouping and what is owed ``tests/unit/alerts`` and what builds on it.
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

import hypothesis  # imported before the forks, which then need not
import msgspec  # noqa: F401 - same
import pytest
import pytest_socket  # noqa: F401 - same
import pytest_timeout  # noqa: F401 - same: pyproject sets its option
from mutations import Mutation, mutations

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "shared"
EXPLAINED = ROOT / "docs" / "mutation.md"
NO_LOGIC = {"__init__.py", "samples.py", "page.py", "controls.py"}
SECONDS_PER_MUTANT = 30


@dataclass(frozen=True)
class Part:
    """Modules that are broken together with the tests that have to notice."""

    name: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    examples: bool  # whether the rules' own examples are asked first


PARTS = (
    Part(
        "rules",
        (
            "gatewatch/providers/*/rules/*.py",
            "gatewatch/providers/*/facts.py",
            "gatewatch/providers/*/circumstances.py",
            "gatewatch/providers/entra/control_planes.py",
            "gatewatch/providers/entra/flows.py",
            "gatewatch/providers/entra/sync_accounts.py",
            "gatewatch/scoring/*.py",
        ),
        (
            "rules/test_score.py",
            "rules/test_modifiers.py",
            "rules/test_suppression.py",
            "rules/test_entra_facts.py",
            "rules/test_aws_rules.py",
            "rules/test_endpoint_rules.py",
            "rules/test_entra_rules.py",
            "rules/test_entra_flows.py",
        ),
        examples=True,
    ),
    Part(
        "alerts",
        ("gatewatch/alerts/*.py", "gatewatch/providers/entra/link.py", "gatewatch/providers/cross/mfa_verdict.py"),
        (
            "unit/alerts",
            "unit/providers/entra/test_closure.py",
            "unit/flow/test_delivery.py",
            "unit/flow/test_round_trips.py",
            "unit/providers/test_people.py",
            "unit/providers/cross",
        ),
        examples=False,
    ),
    Part(
        "keeping",
        (
            "gatewatch/familiarity.py",
            "gatewatch/providers/aws/familiarity.py",
            "gatewatch/providers/endpoint/ordinary.py",
            "gatewatch/providers/entra/closure.py",
            "gatewatch/providers/entra/completion.py",
            "gatewatch/providers/entra/features.py",
            "gatewatch/providers/entra/keep.py",
            "gatewatch/providers/entra/mfa.py",
        ),
        (
            "unit/model/test_familiarity.py",
            "unit/model/test_familiarity_edges.py",
            "unit/model/test_forgetting.py",
            "unit/providers/entra/test_closure.py",
            "unit/providers/entra/test_completion.py",
            "unit/providers/entra/test_features.py",
            "unit/providers/entra/test_keep.py",
            "unit/providers/entra/test_sign_in_and_risk.py",
            "unit/providers/endpoint/test_ordinary.py",
            "unit/providers/aws/test_familiar_rules_in_flow.py",
            "unit/providers/aws/test_calls.py",
            "unit/flow/test_federated_mfa.py",
            "unit/flow/test_malicious.py",
            "unit/flow/test_new_country.py",
        ),
        examples=False,
    ),
)


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    part: Part
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
    """Every mutant of the chosen modules, in order of part, file and place."""
    for part in PARTS:
        for path in _files(part):
            module = _module(path)
            if not words or any(word in module for word in words):
                for change in mutations(path.read_text("utf-8")):
                    yield Mutant(part, module, path, change)


def _files(part: Part) -> list[Path]:
    return sorted(path for pattern in part.sources for path in SOURCE.glob(pattern) if path.name not in NO_LOGIC)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def _unchanged(part: Part) -> Mutant:
    path = _files(part)[0]
    return Mutant(part, _module(path), path, Mutation(ast.parse(path.read_text("utf-8")), "", 0, "", ""))


def survives(mutant: Mutant) -> bool:
    """Whether no test notices the mutant."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, SECONDS_PER_MUTANT)  # of CPU: a busy machine kills no mutant
        os._exit(_tried(mutant))
    _, status = os.waitpid(child, 0)
    return status == 0


def _tried(mutant: Mutant) -> int:
    """0 when every test passes, in the child. How busy the machine is decides nothing: no example is too slow, and all are the same ones."""
    hypothesis.settings.register_profile(
        "mutants", suppress_health_check=list(hypothesis.HealthCheck), deadline=None, derandomize=True, database=None
    )
    hypothesis.settings.load_profile("mutants")
    code = compile(mutant.change.tree, str(mutant.path), "exec")
    sys.meta_path.insert(0, _Mutated(mutant.module, code))
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            if mutant.part.examples and not _examples_hold():
                return 1
            files = [str(ROOT / "tests" / name) for name in mutant.part.tests]
            return int(
                pytest.main(
                    [
                        "-x",
                        "-q",
                        "--assert=plain",
                        "--rootdir",
                        str(ROOT),
                        "-p",
                        "no:cacheprovider",
                        "-p",
                        "pytest_socket",
                        "-p",
                        "pytest_timeout",
                        *files,
                    ]
                )
            )
    except BaseException:  # noqa: BLE001 - whatever a mutant raises, it was noticed
        return 1


def _examples_hold() -> bool:
    from gatewatch.providers.catalogue import PAIR_RULES, RULES  # noqa: PLC0415 - same
    from gatewatch.providers.rule import Window  # noqa: PLC0415 - in the child only, after the mutant is in place

    def points(found: object) -> object:
        return getattr(found, "points", None)

    single = all(points(r.match(e.activity, Window(e.window), e.tuning)) == e.points for r in RULES for e in r.examples)
    return single and all(points(r.match(e.first, e.second, e.tuning)) == e.points for r in PAIR_RULES for e in r.examples)


def explained() -> set[str]:
    """The keys of the survivors that docs/mutation.md explains."""
    text = EXPLAINED.read_text("utf-8") if EXPLAINED.is_file() else ""
    return {key.replace("\\|", "|") for key in re.findall(r"^\| `(.+?)` \|", text, re.MULTILINE)}


def run(words: Sequence[str]) -> int:
    """Tries every mutant; prints survivors and the count."""
    began = time.monotonic()
    chosen = list(mutants(words))
    for part in dict.fromkeys(mutant.part for mutant in chosen):
        if not survives(_unchanged(part)):
            print(f"the tests of {part.name} fail on unchanged code: nothing can be said about mutants")
            return 2
    tried = 0
    survivors: list[Mutant] = []
    known = explained()
    for mutant in chosen:
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
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # noqa: TID251 - half of a mutant's time is spent in loading plugins
    raise SystemExit(run(sys.argv[1:]))
