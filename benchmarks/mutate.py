"""Breaks the rules, the score and the grouping on purpose, one small change at a time, and says which change no test notices.

``python -m benchmarks.mutate [WORD ...]`` (``make mutate``) tries every change of the modules whose name holds a word (all without one).
Each runs in a forked child, against the deterministic tests of its own part (``mutation_parts.py``): in place where that is the same
(``mutation_in_place.py``), else, and with ``--anew``, with everything imported anew (``mutation_trial.py``).
Exit 0: every survivor is explained in docs/mutation.md. Exit 1: some are not, a trial is undecided, or an explanation is stale.
Exit 2: the tests fail on unchanged code.
"""

import contextlib
import gc
import importlib
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation_in_place import Change, InPlace
from benchmarks.mutation_parts import PARTS, ROOT, SOURCE, Part
from benchmarks.mutation_trial import CPU_SECONDS, Outcome, Verdict, trial
from benchmarks.mutations import mutations

EXPLAINED = ROOT / "docs" / "mutation.md"
OURS = {"__main__", "aws_lambda", "azure_function", "benchmarks", "conftest", "examples", "gatewatch", "scripts", "tests"}


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    path: Path
    line: int
    key: str  # module, function and the change, without line numbers: what names it across runs
    change: Change

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def mutants(part: Part, words: Sequence[str]) -> Iterator[Mutant]:
    """Every mutant of the chosen modules of a part, in order of file and place."""
    for path in part.files():
        module, source = _module(path), path.read_text("utf-8")
        if words and not any(word in module for word in words):
            continue
        before = compile(source, str(path), "exec", dont_inherit=True)
        seen: Counter[str] = Counter()
        for made in mutations(source):
            key = f"{module}.{made.where}: {made.before} -> {made.after}"
            seen[key] += 1
            again = f" ({seen[key]})" if seen[key] > 1 else ""
            after = compile(made.tree, str(path), "exec", dont_inherit=True)
            yield Mutant(path, made.line, key + again, Change(module, made.where, before, after))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def ready(part: Part) -> bool:
    """Whether the part's tests pass on unchanged code, in their order and backwards. Loads what they need and what is not ours."""
    found, loaded = trial(part)
    for name in loaded:
        if name.partition(".")[0] not in OURS:
            with contextlib.suppress(ImportError):  # a part of a package that cannot be imported by itself
                importlib.import_module(name)
    gc.collect()
    gc.freeze()
    if ours := sorted({name.partition(".")[0] for name in sys.modules} & {"gatewatch", "tests"}):
        raise SystemExit(f"{ours} are loaded before the change is in place")
    failed = [one for one in (found, trial(part)[0], trial(part, backwards=True)[0]) if one.verdict is not Verdict.SURVIVES]
    for one in failed:
        print(f"the tests of {part.name} on unchanged code: {one.verdict}: {one.by}")
    return not failed


def outcomes(part: Part, chosen: Sequence[Mutant], *, anew: bool) -> Iterator[tuple[Mutant, Outcome]]:
    """What the tests say of each mutant. The tests that noticed a neighbour are asked first."""
    in_place = InPlace(part, [mutant.change for mutant in chosen])
    noticed: defaultdict[str, list[str]] = defaultdict(list)
    for number, mutant in enumerate(chosen):
        change = mutant.change
        function, module = noticed[f"{change.module}.{change.where}"], noticed[change.module]
        first = list(dict.fromkeys([*function, *module]))
        outcome = None if anew else in_place.trial(number, first)
        if outcome is None:
            outcome, _ = trial(part, change.module, change.after, first=first)
        if outcome.verdict is Verdict.TEST:
            for tests in (function, module):
                tests.insert(0, outcome.by)
        yield mutant, outcome
    in_place.close()


def explained() -> set[str]:
    """The keys of the survivors that docs/mutation.md explains."""
    text = EXPLAINED.read_text("utf-8") if EXPLAINED.is_file() else ""
    return {key.replace("\\|", "|") for key in re.findall(r"^\| `(.+?)` \|", text, re.MULTILINE)}


def run(words: Sequence[str], *, anew: bool) -> int:
    """Tries every mutant; prints what survives, what no failed test noticed, and the counts."""
    began, known = time.monotonic(), explained()
    found: list[tuple[Mutant, Outcome]] = []
    for part in PARTS:
        chosen = list(mutants(part, words))
        if chosen and not ready(part):
            return 2
        for mutant, outcome in outcomes(part, chosen, anew=anew):
            found.append((mutant, outcome))
            _say(mutant, outcome, known)
    survivors = {mutant.key for mutant, outcome in found if outcome.verdict is Verdict.SURVIVES}
    modules = {mutant.change.module for mutant, _ in found}
    stale = {key for key in known - survivors if not words or any(key.startswith(f"{module}.") for module in modules)}
    for key in sorted(stale):
        print(f"STALE explanation, no such survivor: {key}")
    counts = Counter(outcome.verdict for _, outcome in found)
    cpu = os.times()
    print(f"{len(found)} changes in {len(modules)} modules, {time.monotonic() - began:.0f} s ({sum(cpu[:4]):.0f} s of CPU)")
    for verdict in Verdict:
        print(f"  {counts[verdict]:5} {verdict}")
    print(f"  {len(survivors - known):5} survivors are not explained")
    return 1 if survivors - known or stale or counts[Verdict.UNDECIDED] or not found else 0


def _say(mutant: Mutant, outcome: Outcome, known: set[str]) -> None:
    match outcome.verdict:
        case Verdict.SURVIVES if mutant.key not in known:
            print(f"SURVIVES {mutant.place}: {mutant.key}", flush=True)
        case Verdict.ENDLESS:
            print(f"ENDLESS (more than {CPU_SECONDS} s of CPU) {mutant.place}: {mutant.key}", flush=True)
        case Verdict.BROKEN | Verdict.UNDECIDED:
            print(f"{outcome.verdict.name} ({outcome.by}) {mutant.place}: {mutant.key}", flush=True)


if __name__ == "__main__":
    os.environ.pop("CONFORMANCE_DATA", None)  # noqa: TID251 - the same result wherever it runs
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # noqa: TID251 - half of a mutant's time is spent in loading plugins
    asked = [word for word in sys.argv[1:] if word != "--anew"]
    raise SystemExit(run(asked, anew="--anew" in sys.argv[1:]))
