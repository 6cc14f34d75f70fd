"""The words of the code are the field's: each says one thing, and no two public classes share a name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PRODUCT = ("shared/gatewatch", "aws_lambda", "azure_function")

# What each house word was renamed to. An identifier made of one of these words (whole parts between underscores) is not written again.
RENAMED = {
    "addend": "component",
    "addends": "components",
    "band": "severity",
    "owed": "pending",
    "told": "notified",
    "ledger": "notification_log",
    "opening": "occurrence",
    "withdrawn": "retracted",
    "neighbourhood": "context",
    "hood": "context",
    "fate": "disposition",
    "fates": "dispositions",
    "letter": "dead_letter",
    "letters": "dead_letters",
    "bury": "dead_letter",
    "park": "dead_letter",
    "parked": "dead_lettered",
    "picture": "snapshot",
    "story": "metadata",
    "around": "window",
    "judge": "evaluate",
    "desk": "invocation",
    "seams": "dependencies",
    "withhold": "skip_unchanged",
    "withheld": "skipped_unchanged",
    "sift": "skip_unchanged",
    "peel": "unwrap",
    "requoted": "quoted_again",
    "got": "actual",
    "trial": "run",
    "doubles": "fakes",
    "words": "message, argv, attributes or search_text",
}
# Names in which a word has its ordinary meaning, with the reason.
ORDINARY = {
    "dead_letter": "the dead letter itself",
    "dead_letters": "the same, several",
}
# Whole modules in which a word has its ordinary meaning.
EXEMPT = {
    "shared/gatewatch/providers/endpoint/shell_lexer.py": "a shell splits a command into words",
    "shared/gatewatch/providers/endpoint/invocation.py": "the same",
}


def trees(repository: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in PRODUCT:
        for path in sorted((repository / folder).rglob("*.py")):
            yield path.relative_to(repository), ast.parse(path.read_text("utf-8"))


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a module defines: classes, functions, parameters, fields and variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def parts(name: str) -> list[str]:
    """``_with_owed`` and ``WithOwed`` both have the part ``owed``."""
    spaced = "".join(f"_{c}" if c.isupper() and i and not name[i - 1].isupper() else c for i, c in enumerate(name))
    return [part for part in spaced.casefold().split("_") if part]


def house_words(tree: ast.AST) -> Iterator[str]:
    for line, name in names(tree):
        found = parts(name)
        for place, part in enumerate(found):
            ordinary = place and f"{found[place - 1]}_{part}" in ORDINARY
            if part in RENAMED and not ordinary:
                yield f"{line} {name}: say {RENAMED[part]}"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param("def owed(): ...", ["1 owed: say pending"], id="a function"),
        pytest.param("class Fate: ...", ["1 Fate: say disposition"], id="a class"),
        pytest.param("def f(told_at): ...", ["1 told_at: say notified"], id="a parameter"),
        pytest.param("dead_letters = []", [], id="an ordinary meaning"),
        pytest.param("husband = 1", [], id="a part of a word"),
    ],
)
def test_the_check_finds_a_house_word(code, says):
    assert list(house_words(ast.parse(code))) == says


def test_no_name_is_a_house_word(repository):
    found = {str(path): list(house_words(tree)) for path, tree in trees(repository) if str(path) not in EXEMPT}
    assert {path: words for path, words in found.items() if words} == {}


def test_no_two_public_classes_share_a_name(repository):
    homes = defaultdict(list)
    for path, tree in trees(repository):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path))
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
