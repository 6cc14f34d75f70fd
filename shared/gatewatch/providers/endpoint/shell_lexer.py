"""Splits command texts into simple commands and words: POSIX shells, PowerShell, cmd and plain Windows command lines.

It is tolerant: an unbalanced quote ends at the end of the text. The time is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SUBSTITUTION_LIMIT = 32
_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@%+-]+")  # characters without a special meaning in any shell
_CMD_PIECE = re.compile(r"\"[^\"]*+\"?|[&|\n()]+|[^\"&|\n()]+")
_BROKEN_BY_CARET = re.compile(r"\w\^\w")
_INNER_QUOTE = "\ue000"  # replaces an escaped quote, which belongs to the word
_CARET = re.compile(r"\^(.?)", re.DOTALL)


@dataclass(slots=True)
class Word:
    """One word as the shell passes it to the program. ``broken``: quotes or escapes split it in the middle, as obfuscators do."""

    text: str
    quoted: bool = False
    broken: bool = False


@dataclass(slots=True)
class SimpleCommand:
    """One simple command. ``called``: PowerShell's call operator precedes it. ``piped``: the next command reads its output."""

    words: list[Word] = field(default_factory=list)
    called: bool = False
    piped: bool = False


@dataclass(slots=True)
class _Reader:
    """The state while one text is read."""

    text: str
    escape: str
    separators: str
    quotes: str
    nested: list[str] = field(default_factory=list)
    at: int = 0
    current: SimpleCommand = field(default_factory=SimpleCommand)
    buffer: list[str] = field(default_factory=list)
    quoted: bool = False
    broken: bool = False
    open: bool = False

    def commands(self) -> Iterator[SimpleCommand]:
        """Every simple command, in order."""
        while self.at < len(self.text):
            if plain := _PLAIN.match(self.text, self.at):
                self._add(plain.group())
                self.at = plain.end()
                continue
            char = self.text[self.at]
            self.at += 1
            if char in self.quotes:
                self._quote(char)
            elif char == self.escape and self.at < len(self.text):
                self._escaped()
            elif char in self.separators:
                yield from self._end_command(
                    called=char == "&", piped=char == "|" and "|" not in (self._next(), self.text[self.at - 2 : self.at - 1])
                )
            elif char.isspace():
                self._end_word()
            elif char == "#" and not self.open and self.separators:
                self._comment()
            else:
                self._add(char)
        yield from self._end_command(called=False)

    def _add(self, char: str) -> None:
        self.buffer.append(char)
        self.open = True

    def _quote(self, mark: str) -> None:
        end = self.text.find(mark, self.at)
        while self.escape and mark == '"' and end > 0 and self.text[end - 1] == self.escape and self.text[end - 2] != self.escape:
            end = self.text.find(mark, end + 1)
        end = len(self.text) if end < 0 else end
        inner = self.text[self.at : end]
        before = self.buffer[-1][-1:] if self.buffer else ""
        after = self.text[end + 1 : end + 2]
        if before.isalnum() and (not inner or inner[0].isalnum()):
            self.broken = True
        if inner[-1:].isalnum() and after.isalnum():
            self.broken = True
        self.quoted = self.quoted or not self.open
        if mark == '"' and self.separators:
            self.nested.extend(_substitutions(inner))
        self._add(inner.replace(self.escape + '"', '"') if self.escape and mark == '"' else inner)
        self.at = end + 1

    def _escaped(self) -> None:
        char = self.text[self.at]
        self.at += 1
        if char in "\r\n":
            return
        if char.isalnum() and self.open:
            self.broken = True
        self._add(char)

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _end_word(self) -> None:
        if self.open:
            self.current.words.append(Word("".join(self.buffer), self.quoted, self.broken))
        self.buffer, self.quoted, self.broken, self.open = [], False, False, False

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _end_command(self, *, called: bool, piped: bool = False) -> Iterator[SimpleCommand]:
        self._end_word()
        done, self.current = self.current, SimpleCommand(called=called)
        if done.words:
            done.piped = piped
            yield done


def posix(text: str) -> Iterator[SimpleCommand]:
    """The simple commands in a POSIX shell text, including command substitutions."""
    reader = _Reader(text, "\\", ";&|\n()`", "'\"")
    yield from reader.commands()
    for script in reader.nested[:_SUBSTITUTION_LIMIT]:
        yield from _Reader(script, "\\", ";&|\n()`", "'\"").commands()


def powershell(text: str) -> Iterator[SimpleCommand]:
    """The simple commands in a PowerShell text, including script blocks and sub-expressions."""
    reader = _Reader(text, "`", ";&|\n(){}", "'\"")
    yield from reader.commands()
    for script in reader.nested[:_SUBSTITUTION_LIMIT]:
        yield from _Reader(script, "`", ";&|\n(){}", "'\"").commands()


def windows(text: str) -> list[Word]:
    """The words of a Windows command line. Only double quotes quote; a backslash is literal unless a quote follows."""
    found = next(_Reader(text.replace('\\"', _INNER_QUOTE), "", "", '"').commands(), None)
    for word in found.words if found else ():
        word.text = word.text.replace(_INNER_QUOTE, '"')
    return found.words if found else []


def cmd(text: str) -> Iterator[SimpleCommand]:
    """The simple commands in a cmd.exe text. A caret inside a word marks the words of its command as broken."""
    for part, piped in _cmd_parts(text):
        words = windows(_CARET.sub(r"\1", part))
        if _BROKEN_BY_CARET.search(part):
            for word in words:
                word.broken = True
        if words:
            yield SimpleCommand(words, piped=piped)


def _cmd_parts(text: str) -> Iterator[tuple[str, bool]]:
    part: list[str] = []
    for match in _CMD_PIECE.finditer(text):
        if match.group()[0] in "&|\n()":
            yield "".join(part), match.group() == "|"
            part = []
        else:
            part.append(match.group())
    yield "".join(part), False


def _substitutions(text: str) -> Iterator[str]:
    """The scripts inside ``$(...)`` in a double-quoted string."""
    start = text.find("$(")
    while start >= 0:
        depth, at = 1, start + 2
        while at < len(text) and depth:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        yield text[start + 2 : at - 1]
        start = text.find("$(", at)
