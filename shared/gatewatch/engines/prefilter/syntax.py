"""How query languages write the parts of a condition: texts, comparisons, regular expressions. Everything that is quoted is quoted here."""

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from ...providers.condition import EMPTY, EVEN, FOLDED_TO_ASCII, WHOLE, AnyOf, Compare, Condition, Leaf, Path


class Syntax(Struct, frozen=True, kw_only=True):
    """One language. Expressions are texts; ``{0}`` and ``{1}`` in a form stand for its operands."""

    quote: Callable[[str], str]  # a text as a literal
    name: Callable[[str], str]  # a table or a column as an identifier
    comment: str
    matches: str  # {0} contains a match of the regular expression {1}
    has: str  # {0} contains the text {1}
    begins: str  # {0} begins with the text {1}
    lower: str
    known: str  # {0} is there
    one_of: str = "{0} IN ({1})"
    both: str = "AND"
    either: str = "OR"
    negated: str = "NOT ({0})"
    false: str = "FALSE"


def checked(text: str) -> str:
    """The text; raises ``ValueError`` for a control character, which no literal of a query may hold."""
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
        raise ValueError(f"a query cannot hold this text: {text!r}")
    return text


def pattern(expression: str) -> str:
    r"""A regular expression in ASCII: other characters as ``\x{...}``, which RE2, Java and Joni read."""
    return "".join(c if " " <= c <= "~" else f"\\x{{{ord(c):x}}}" for c in expression)


class Conditions:
    """Conditions in one language, over the expressions that hold the values."""

    def __init__(self, syntax: Syntax, values: Callable[[Path], Sequence[str]]) -> None:
        """``values`` gives the expressions of the value at a path, in text; several if the value lies in parts, none if it is absent."""
        self._syntax, self._values = syntax, values

    def of(self, condition: Condition) -> str:
        """The condition as an expression that is never null."""
        if isinstance(condition, Leaf):
            return self._leaf(condition)
        parts = [self.of(each) for each in condition.conditions]
        if isinstance(condition, AnyOf):
            return self.any_of(parts)
        return self.all_of(parts)

    def any_of(self, parts: Iterable[str]) -> str:
        """At least one of these expressions; none of none."""
        return self._joined([part for part in parts if part != self._syntax.false], self._syntax.either) or self._syntax.false

    def all_of(self, parts: Iterable[str]) -> str:
        """All of these expressions; there must be one."""
        return self._joined(list(parts), self._syntax.both)

    def even(self, value: str) -> str:
        """Whether a text is there and written as the vendors write it."""
        s = self._syntax
        return self.all_of([s.known.format(value), self.matches(value, EVEN)])

    def matches(self, value: str, expression: str) -> str:
        """Whether a regular expression finds something in a text."""
        return self._syntax.matches.format(value, self._syntax.quote(pattern(expression)))

    def _leaf(self, leaf: Leaf) -> str:
        values = self._values(leaf.path)
        if leaf.compare is Compare.MISSING:
            there = [self.even(value) for value in values]
            return self._syntax.negated.format(self.any_of(there)) if there else self._syntax.negated.format(self._syntax.false)
        return self.any_of(self._compared(value, leaf) for value in values)

    def _compared(self, value: str, leaf: Leaf) -> str:
        s = self._syntax
        there = s.known.format(value)
        match leaf.compare:
            case Compare.INSIDE:
                return self.all_of([there, self._searched(s.lower.format(value), leaf.values)])
            case Compare.NUMBER:
                whole = s.negated.format(self.matches(value, WHOLE))
                return self.all_of([there, self.any_of([self._listed(value, leaf.values), whole])])
            case Compare.FOREIGN:
                return self.all_of([there, self.matches(value, "[^\x01-\x7f]")])
            case Compare.FOLDING:
                return self.all_of([there, self.matches(value, FOLDED_TO_ASCII)])
        uneven = self._uneven(value)
        return self.all_of([there, s.negated.format(self._empty(value)), self.any_of([uneven, self._text(value, leaf)])])

    def _text(self, value: str, leaf: Leaf) -> str:
        s, lower = self._syntax, self._syntax.lower.format(value)
        match leaf.compare:
            case Compare.IS:
                return self._listed(lower, leaf.values)
            case Compare.IS_NOT:
                return s.negated.format(self._listed(lower, leaf.values))
            case Compare.BEGINS:
                return self._searched(lower, leaf.values, "^")
            case _:
                return self._searched(lower, leaf.values)

    def _searched(self, value: str, texts: Sequence[str], anchor: str = "") -> str:
        """Whether a text contains, or with an anchor begins with, one of these: one expression, where it can be one."""
        if len(texts) > 1 and all(re.fullmatch("[a-z0-9 ./:_-]+", text) for text in texts):
            return self.matches(value, f"{anchor}({'|'.join(text.replace('.', '[.]') for text in texts)})")
        form = self._syntax.begins if anchor else self._syntax.has
        return self.any_of(form.format(value, self._syntax.quote(text)) for text in texts)

    def _listed(self, value: str, texts: Iterable[str]) -> str:
        listed = ", ".join(self._syntax.quote(text) for text in texts)
        return self._syntax.one_of.format(value, listed) if listed else self._syntax.false

    def _empty(self, value: str) -> str:
        return self._listed(value, EMPTY)

    def _uneven(self, value: str) -> str:
        return self._syntax.negated.format(self.matches(value, EVEN))

    def _joined(self, parts: Sequence[str], word: str) -> str:
        return parts[0] if len(parts) == 1 else f"({f' {word} '.join(parts)})" if parts else ""
