"""Strings of a PowerShell script, taken out of its text so that patterns see one character class for each.

A constant string becomes a mark with its number. A string with variables becomes another mark, because its variables may become constant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CONSTANT = "\ue101(\\d{1,6})\ue102"
"""The mark of a constant string, as a pattern with its number as a group."""
ONE = "\ue101\\d{1,6}\ue102"
"""The same without a group."""

_LONGEST = 65_536
_MADE_LIMIT_CHARS = 1_048_576
_MARKS = re.compile("[\ue101-\ue104]")
_MARKED = re.compile("([\ue101\ue103])(\\d{1,6})[\ue102\ue104]")
_START = re.compile(r"`.|@?['\"]|<#|#", re.DOTALL)
_SINGLE = re.compile(r"(?:[^']|'')*+")
_DOUBLE = re.compile(r"(?:[^\"`]|`.|\"\")*+", re.DOTALL)
_HERE = re.compile(r"[ \t]{0,64}\r?\n")
_ESCAPED = re.compile(r"`(.)", re.DOTALL)
_CONSTANT_PART = re.compile(r"\$\(\s{0,8}['\"]([^'\"$`]{0,400})['\"]\s{0,8}\)")
_VARIABLE = re.compile(r"\$\{?(?:script:|global:|local:)?(\w{1,60})\}?", re.IGNORECASE)


@dataclass(slots=True)
class Strings:
    """The strings of one script. What is made of them is bounded in size."""

    values: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)  # the inner texts of strings with variables
    made: int = 0

    def masked(self, script: str) -> str:
        """The script with a mark for every string and without comments."""
        return "".join(self._pieces(_MARKS.sub("", script)))

    def rendered(self, text: str) -> str:
        """The text with its strings written out again."""
        return _MARKED.sub(self._written, text)

    def value(self, number: str) -> str:
        """The string with this number."""
        return self.values[int(number)]

    def all(self, marks: str) -> list[str]:
        """The strings whose marks stand in this text."""
        return [self.value(match.group(2)) for match in _MARKED.finditer(marks)]

    def mark(self, value: str) -> str | None:
        """The mark of a new constant; None when it is too long, or too much was made already."""
        self.made += len(value)
        if len(value) > _LONGEST or self.made > _MADE_LIMIT_CHARS or len(self.values) > 99_999:
            return None
        self.values.append(value)
        return f"\ue101{len(self.values) - 1}\ue102"

    def filled(self, text: str, known: dict[str, str]) -> str:
        """The text in which strings with variables are constants, as far as the marks of all their variables are known."""
        if not known and not any(_CONSTANT_PART.search(template) for template in self.templates):
            return text

        def fill(match: re.Match[str]) -> str:
            if match.group(1) != "\ue103":
                return match.group()
            template = self.templates[int(match.group(2))]
            found = _CONSTANT_PART.sub(r"\1", template)
            found = _VARIABLE.sub(lambda each: self._known(each, known), found)
            self.made += max(0, len(found) - len(template))
            return match.group() if "$" in found else (self.mark(_unescaped(found)) or match.group())

        return _MARKED.sub(fill, text)

    def _known(self, match: re.Match[str], known: dict[str, str]) -> str:
        mark = known.get(match.group(1).casefold())
        found = _MARKED.fullmatch(mark) if mark is not None and self.made < _MADE_LIMIT_CHARS else None
        return self.value(found.group(2)) if found else match.group()

    def _written(self, match: re.Match[str]) -> str:
        number = int(match.group(2))
        if match.group(1) == "\ue101":
            return "'" + self.values[number].replace("'", "''") + "'" if number < len(self.values) else ""
        return f'"{self.templates[number]}"' if number < len(self.templates) else ""

    def _pieces(self, script: str) -> Iterator[str]:
        at = 0
        closers = {"'": True, '"': True}
        while (start := _START.search(script, at)) is not None:
            yield script[at : start.start()]
            mark = start.group()
            at = start.end()
            if mark[0] == "`":
                yield mark
            elif mark == "<#":
                end = script.find("#>", at)
                at = len(script) if end < 0 else end + 2
            elif mark == "#":
                if start.start() and not script[start.start() - 1].isspace() and script[start.start() - 1] not in ";{(|":
                    yield mark  # inside a word it is no comment
                else:
                    end = script.find("\n", at)
                    at = len(script) if end < 0 else end
            else:
                close = self._here_end(script, at, mark, closers) if mark[0] == "@" else None
                if close is not None:
                    yield self._kept(script[_line_end(script, at) : close], mark[-1], escaped=False)
                    at = close + 3 if script[close] == "\n" else close + 4
                    continue
                inner = (_SINGLE if mark[-1] == "'" else _DOUBLE).match(script, at)
                at = inner.end() if inner else at
                yield ("@" if mark[0] == "@" else "") + self._kept(inner.group() if inner else "", mark[-1], escaped=True)
                at += 1
        yield script[at:]

    def _here_end(self, script: str, at: int, mark: str, closers: dict[str, bool]) -> int | None:
        """Where the here-string that begins here ends; None when it is none, or is never closed."""
        if not closers[mark[-1]] or _HERE.match(script, at) is None:
            return None
        end = script.find(f"\n{mark[-1]}@", at)
        if end < 0:
            closers[mark[-1]] = False
            return None
        return end - 1 if script[end - 1] == "\r" and end - 1 > at else end

    def _kept(self, inner: str, quote: str, *, escaped: bool) -> str:
        if quote == "'":
            value = inner.replace("''", "'") if escaped else inner
        elif "$" in inner.replace("`$", ""):
            self.templates.append(inner)
            return f"\ue103{len(self.templates) - 1}\ue104"
        else:
            value = _unescaped(inner) if escaped else inner
        self.values.append(value)
        return f"\ue101{len(self.values) - 1}\ue102"


def _line_end(script: str, at: int) -> int:
    return script.find("\n", at) + 1


def _unescaped(inner: str) -> str:
    return _ESCAPED.sub(r"\1", inner.replace('""', '"'))
