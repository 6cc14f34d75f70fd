"""Finds the programs that a command really runs, inside shells, wrappers, modules and encoded scripts."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from itertools import pairwise

from . import cmd_text, interpreters, posix_text, powershell, shell_lexer
from .inner import inner_of
from .programs import CODE_OPTIONS, POWERSHELLS, SHELLS, is_python, stem
from .shell_lexer import SimpleCommand, Word
from .tools import environment
from .tools.requests import PROGRAMS as REQUESTS
from .tools.requests import request_of
from .tools.row import Tool, ToolClass
from .tools.table import PROGRAMS, command_of
from .unwrap import assigned, decoded_command, decodes_base64, quoted_again, strip

_DEPTH_LIMIT = 8
_COMMANDS_LIMIT = 2000
_DECODED_LIMIT = 16
_READ_LIMIT_CHARS = 2_097_152
_CMD_SCRIPT = re.compile(r"\s*(?:\"[^\"]*\"|\S+)\s+(?:/[abd-jl-z][^\s\"]*\s+)*/[ck](.*)", re.IGNORECASE | re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_DRIVE = re.compile(r"(?:^|[\s\"=])[A-Za-z]:\\")
_EXPORTS = frozenset({"export", "env", "set", "declare", "typeset", "local", "readonly", "sudo", "docker", "podman", "nerdctl", "kubectl", "oc", "doas", "setx", "setenv", "ssh", "eval"})  # fmt: skip
_SHELL_VALUED = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})
_PRINTS = frozenset({"echo", "printf", "write-output", "print"})


@dataclass(slots=True)
class Finder:
    """Searches commands for the heaviest row of the tool table. Depth, number of commands and characters are limited."""

    tool: Tool | None = None
    listing: str | None = None
    obfuscated: bool = False
    only_attacks: bool = False  # set while a definition is read, which is no call
    decoded: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    _seen: int = 0
    _read: int = 0

    def enter(self, text: str, depth: int) -> bool:
        """Whether this text may still be read."""
        self._read += len(text)
        return depth <= _DEPTH_LIMIT and self._read <= _READ_LIMIT_CHARS and not self._done()

    def match(self, tool: Tool | None, found: list[Word] | None = None) -> None:
        """Keep this row if it weighs more than the one found so far."""
        if tool is None or tool.kind is ToolClass.READ or (self.only_attacks and tool.kind is not ToolClass.ATTACK):
            return
        if self.tool is None or (tool.kind is ToolClass.ATTACK and not self._done()):
            self.tool = tool
            self.obfuscated = self.obfuscated or any(word.broken for word in (found or [])[:4])

    def defined(self, tool: Tool) -> None:
        """A function of this name is defined: it counts when it is an attack tool."""
        if tool.kind is ToolClass.ATTACK:
            self.match(tool)

    def _done(self) -> bool:
        return self.tool is not None and self.tool.kind is ToolClass.ATTACK

    def line(self, text: str, name: str | None = None) -> None:
        """Search a command line as the operating system shows it."""
        self.text(text.strip().replace("\u200b", ""), 0, name)

    def text(self, text: str, depth: int, name: str | None = None) -> None:
        """Search a text that some shell reads; which one follows from its first word."""
        text = text.strip()
        if not text or not self.enter(text, depth):
            return
        first = text[1:].partition('"')[0] if text.startswith('"') else text.partition(" ")[0]
        program = stem(first)
        if program == "cmd" and (script := _CMD_SCRIPT.match(text)):
            self._cmd(script.group(1), depth)
        elif "\\" in first or first.casefold().endswith((".exe", ".cmd", ".bat")) or _windows_quotes(program, text):
            self.command(shell_lexer.windows(text), depth)
        elif name is not None and stem(name) in POWERSHELLS and program not in POWERSHELLS:
            powershell.script(self, text, depth)
        else:
            self._pipeline(self._split(text), depth)

    def command(self, found: list[Word], depth: int = 0, *, called: bool = False) -> None:
        """Search one simple command, given as words. ``called``: a quoted first word is a program all the same."""
        self._seen += 1
        if depth > _DEPTH_LIMIT or self._seen > _COMMANDS_LIMIT or self._done():
            return
        if any(environment.assigns(text) for text in assigned(found)):
            self.match(environment.TOOL)
        found = strip(found)
        if not found or (found[0].quoted and " " in found[0].text and not called and len(found) == 1 and "\\" not in found[0].text):
            return
        program, rest = stem(self.aliases.get(found[0].text.casefold(), found[0].text)), found[1:]
        if program in _EXPORTS:
            self._exported(program, rest)
        if program in PROGRAMS:
            here = command_of(program, [word.text for word in rest])
            self.match(here.tool, found)
            self.listing = self.listing or here.listing
        elif program in REQUESTS:
            self.match(request_of(" ".join(word.text for word in rest)))
        else:
            self._by_kind(program, rest, depth)
        for inner in inner_of(program, rest):
            self.text(inner, depth + 1) if isinstance(inner, str) else self.command(inner, depth + 1)

    def _by_kind(self, program: str, rest: list[Word], depth: int) -> None:
        """Search the arguments of a shell or an interpreter."""
        if program in SHELLS or program == "alias":
            self._shell(program, rest, depth)
        elif program == "cmd":
            self._cmd_words(rest, depth)
        elif program in POWERSHELLS:
            powershell.from_options(self, rest, depth)
        elif is_python(program) or program in CODE_OPTIONS:
            interpreters.from_options(self, program, rest, depth)

    def _exported(self, program: str, rest: list[Word]) -> None:
        texts = [word.text for word in rest]
        pairs = pairwise(texts) if program in {"setx", "setenv", "set"} else ()
        if any(environment.assigns(text) for text in texts) or any(environment.sets(*pair) for pair in pairs):
            self.match(environment.TOOL)

    def posix(self, text: str, depth: int) -> None:
        """Search a script of a POSIX shell."""
        if depth > _DEPTH_LIMIT:
            return
        text, documents = posix_text.without_heredocs(text)
        for document in documents:
            self._read_by(shell_lexer.posix(document.line), document.body, depth)
        self._pipeline(self._split(text), depth)

    def _split(self, text: str) -> list[SimpleCommand]:
        expanded = posix_text.expanded(text)
        self.obfuscated = self.obfuscated or expanded.hidden
        return list(shell_lexer.posix(expanded.text))

    def _pipeline(self, commands: list[SimpleCommand], depth: int) -> None:
        """Search commands in order; what a printing command hands to a shell is read as its script."""
        printed: list[Word] = []
        for found in commands:
            if printed:
                if stem(found.words[0].text) == "xargs":
                    found.words += printed
                else:
                    self._read_by([found], " ".join(word.text for word in printed), depth)
            self.command(found.words, depth)
            printed = found.words[1:] if found.piped and stem(found.words[0].text) in _PRINTS else []
        if self.tool is None and any(decodes_base64(found) for found in commands):
            self.hidden(" ".join(word.text for found in commands for word in found.words), "utf-8", depth)

    def _read_by(self, readers: object, text: str, depth: int) -> None:
        """Search a text that goes to the standard input of these commands: as a script when one of them is a shell."""
        for reader in readers if isinstance(readers, list) else list(readers):  # type: ignore[call-overload]
            for program in {stem(word.text) for word in reader.words}:
                if program in POWERSHELLS:
                    powershell.script(self, text, depth + 1)
                elif program == "cmd":
                    self._cmd(text, depth + 1)
                elif program in SHELLS or program == "ssh":
                    self.posix(text.encode().decode("unicode_escape", "replace") if "\\x" in text else text, depth + 1)
                elif is_python(program):
                    interpreters.code(self, text, depth)

    def hidden(self, text: str, encoding: str, depth: int) -> None:
        """Search scripts that the text contains as base64."""
        for match in _BASE64.findall(text)[:_DECODED_LIMIT]:
            try:
                script = base64.b64decode(match + "=" * (-len(match) % 4)).decode(encoding)
            except (binascii.Error, ValueError):
                continue
            self.obfuscated = True
            self.decoded.append(script)
            self.posix(script, depth + 1) if encoding == "utf-8" else powershell.script(self, script, depth + 1)

    def encoded(self, text: str, depth: int) -> None:
        """Search the script of PowerShell's -EncodedCommand."""
        self.obfuscated = True
        script = decoded_command(text.partition(" ")[0])
        if script is not None:
            self.decoded.append(script)
            powershell.script(self, script, depth + 1)

    def _shell(self, program: str, rest: list[Word], depth: int) -> None:
        """Search ``sh -c script``, a here-string, or a script file that is a program of the table (``bash /usr/bin/az login``)."""
        for at, word in enumerate(rest):
            if at and rest[at - 1].text in _SHELL_VALUED:
                continue
            if program == "alias":
                self.posix(word.text.partition("=")[2], depth + 1)
            elif word.text.startswith("<<<"):
                self.posix(word.text[3:] or " ".join(part.text for part in rest[at + 1 :]), depth + 1)
                return
            elif word.text.startswith("-") and not word.text.startswith("--") and "c" in word.text[1:]:
                self.posix(" ".join(part.text for part in rest[at + 1 :] if part.text != "--"), depth + 1)
                return
            elif not word.text.startswith(("-", "+")):
                if stem(word.text) in PROGRAMS:
                    self.command(rest[at:], depth + 1)
                return

    def _cmd_words(self, rest: list[Word], depth: int) -> None:
        for at, word in enumerate(rest):
            if word.text[:2].casefold() in {"/c", "/k", "/r"}:
                tail = [word.text[2:], *(quoted_again(part) for part in rest[at + 1 :])]
                self._cmd(" ".join(tail), depth + 1)
                return

    def _cmd(self, script: str, depth: int) -> None:
        script = script.strip()
        if re.fullmatch(r'"[^"]*"', script) or (script.count('"') > 2 and script[0] == script[-1] == '"'):
            script = script[1:-1]
        if depth <= _DEPTH_LIMIT:
            self._pipeline(
                [SimpleCommand(found.words, piped=found.piped) for found in shell_lexer.cmd(cmd_text.expanded(script))], depth + 1
            )


def _windows_quotes(program: str, text: str) -> bool:
    """Whether a line that names its program without a folder is split as Windows does it: only double quotes quote.

    For PowerShell that is so unless the first quote is a single one, which is the quote of a shell on Linux.
    """
    single, double = text.find("'"), text.find('"')
    if program in POWERSHELLS:
        return single < 0 or 0 <= double < single
    return program not in SHELLS and _DRIVE.search(text) is not None
