"""The changes that ``mutate.py`` makes: small, one at a time, each a mistake that a person could make."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Mutation:
    """The whole module with one change, and the change in words."""

    tree: ast.Module
    where: str  # function, or the constant's name
    line: int
    before: str
    after: str


def mutations(source: str) -> Iterator[Mutation]:
    """Every mutation of a module's logic: its functions and constants, not its story, its examples and what serves only those."""
    original = ast.parse(source)
    samples = _names_from_samples(original)
    for index, statement in enumerate(original.body):
        if not _is_logic(statement, samples):
            continue
        no_logic = _no_logic(statement)
        for at, node in enumerate(ast.walk(statement)):
            if id(node) in no_logic:
                continue
            for replacement in _replacements(node):
                tree = ast.Module([*original.body], [])
                tree.body[index] = copy.deepcopy(statement)
                target = list(ast.walk(tree.body[index]))[at]
                before = ast.unparse(node)
                after = "pass" if isinstance(replacement, ast.Pass) else ast.unparse(replacement)
                _replace(tree.body[index], target, replacement)
                yield Mutation(
                    ast.fix_missing_locations(tree), _where(statement), getattr(node, "lineno", 0), _short(before), _short(after)
                )


def _names_from_samples(tree: ast.Module) -> set[str]:
    """What is imported from the samples, and every top-level name made from that."""
    names = {
        alias.asname or alias.name
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module == "samples"
        for alias in statement.names
    }
    for statement in tree.body:
        if names & {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}:
            names.add(_where(statement))
    return names


def _is_logic(statement: ast.stmt, samples: set[str]) -> bool:
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign):
        return False
    return _where(statement) not in samples | {"RULE", "__all__"}


def _where(statement: ast.stmt) -> str:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return statement.name
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", statement)]
    return targets[0].id if isinstance(targets[0], ast.Name) else ""


def _no_logic(statement: ast.stmt) -> set[int]:
    """The ids of the nodes that are annotations, keywords of a class, or texts for people."""
    found: set[int] = set()
    for inner in ast.walk(statement):
        annotation = getattr(inner, "annotation", None) or getattr(inner, "returns", None)
        if annotation is not None:
            found.update(map(id, ast.walk(annotation)))
        if isinstance(inner, ast.ClassDef):
            found.update(id(part) for keyword in inner.keywords for part in ast.walk(keyword))
        if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant):
            found.update((id(inner), id(inner.value)))
    return found


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            yield from _other_comparisons(node)
        case ast.BoolOp():
            yield from _other_logic(node)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
        case ast.Constant():
            yield from _other_constants(node)
        case ast.Set() if len(node.elts) > 1:
            yield from (ast.Set(_without(node.elts, place)) for place in range(len(node.elts)))
        case _:
            yield from _other_statements(node)


def _other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _other_statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=ast.expr()) if ast.unparse(node.value) not in {"None", "False"}:  # None is as false as False
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.If() | ast.IfExp() if isinstance(node.test, ast.Call | ast.Name | ast.Attribute):
            changed = copy.copy(node)
            changed.test = ast.UnaryOp(ast.Not(), node.test)
            yield changed
        case _:
            return


def _other_logic(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for place in range(len(node.values)):
        kept = _without(node.values, place)
        yield kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)


def _without(items: list[ast.expr], place: int) -> list[ast.expr]:
    return items[:place] + items[place + 1 :]


def _other_comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        changed = copy.copy(node)
        changed.ops = [*node.ops[:place], _COMPARISONS[type(operator)](), *node.ops[place + 1 :]]
        yield changed
    for place, operand in enumerate(node.comparators):
        if isinstance(operand, ast.Constant) and isinstance(operand.value, str):
            changed = copy.copy(node)
            changed.comparators = [*node.comparators[:place], ast.Constant(f"{operand.value}~"), *node.comparators[place + 1 :]]
            yield changed


def _replace(root: ast.AST, target: ast.AST, replacement: ast.AST) -> None:
    for parent in ast.walk(root):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, replacement)
                return
            if isinstance(value, list) and any(item is target for item in value):
                setattr(parent, name, [replacement if item is target else item for item in value])
                return


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) <= 90 else f"{line[:87]}..."
