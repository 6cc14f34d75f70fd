"""Finds the program that a command really runs, inside shells, wrappers, Python modules and encoded scripts."""

import base64
import binascii
import re
from dataclasses import dataclass, field

from . import shell_lexer
from .cloud_cli import cmdlet_of, login_of
from .shell_lexer import SimpleCommand, Word
from .unwrap import behind, decoded_command, decodes_base64, quoted_again, stem, strip

_DEPTH_LIMIT = 8
_COMMANDS_LIMIT = 2000
_DECODED_LIMIT = 16

_WRAPPERS = {  # options that take a value
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-c", "-r", "-t"}),
    "doas": frozenset({"-u", "-c"}),
    "env": frozenset({"-u", "-c", "-s"}),
    "nohup": frozenset[str](),
    "nice": frozenset({"-n"}),
    "setsid": frozenset[str](),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "timeout": frozenset({"-s", "-k"}),
    "xargs": frozenset({"-i", "-n", "-p", "-l", "-d", "-a", "-e", "-s"}),
    "watch": frozenset({"-n", "-d"}),
    "winpty": frozenset[str](),
    "wsl": frozenset({"-d", "-u", "--distribution", "--user", "--cd"}),
    "busybox": frozenset[str](),
    "call": frozenset[str](),
    "start": frozenset({"/d"}),
}
_POSIX_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ash", "ksh", "mksh", "fish", "csh", "tcsh"})
_POWERSHELLS = frozenset({"powershell", "pwsh", "powershell_ise"})
_PYTHON = re.compile(r"(?:python|pythonw|pypy|py)[0-9.]*")
_PS_VALUED = ("executionpolicy", "ep", "ex", "windowstyle", "version", "inputformat", "outputformat", "workingdirectory", "wd", "configurationname", "psconsolefile", "settingsfile", "custompipename")  # fmt: skip
_CMD_SCRIPT = re.compile(r"\s*(?:\"[^\"]*\"|\S+)\s+(?:/[abd-jl-z][^\s\"]*\s+)*/[ck](.*)", re.IGNORECASE | re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_PY_CALL = re.compile(r"(?:system|popen|run|call|check_call|check_output|Popen|execvp|spawn)\s*\(([^)]{1,4096})", re.DOTALL)
_CONCATENATION = re.compile(r"'\s*\+\s*'|\"\s*\+\s*\"")
_IFS = re.compile(r"\$\{IFS[^}]{0,16}\}|\$IFS(?:\$\d)?")
_DASHES = str.maketrans("\u2013\u2014\u2015", "---")
_MODULES = {"azure.cli": "az", "azure.cli.__main__": "az", "awscli": "aws", "awscli.__main__": "aws"}


@dataclass(slots=True)
class Finder:
    """Searches commands until one is a login of a cloud command line. Depth and number of commands are limited."""

    tool: str | None = None
    obfuscated: bool = False
    decoded: list[str] = field(default_factory=list)
    _seen: int = 0

    def line(self, text: str, name: str | None = None) -> None:
        """Search a command line as the operating system shows it."""
        text = text.strip().replace("\u200b", "")
        first = text[1:].partition('"')[0] if text.startswith('"') else text.partition(" ")[0]
        program = stem(first)
        if program == "cmd" and (match := _CMD_SCRIPT.match(text)):
            self._cmd(match.group(1), 0)
        elif "\\" in first or first.casefold().endswith((".exe", ".cmd", ".bat")) or (program in _POWERSHELLS and "'" not in text):
            self.command(shell_lexer.windows(text))
        elif name is not None and stem(name) in _POWERSHELLS and program not in _POWERSHELLS:
            self._powershell(text, 0)
        else:
            self._posix(text, 0)

    def command(self, found: list[Word], depth: int = 0) -> None:
        """Search one simple command, given as words."""
        self._seen += 1
        found = strip(found)
        if self.tool or not found or depth > _DEPTH_LIMIT or self._seen > _COMMANDS_LIMIT:
            return
        program, rest = stem(found[0].text), found[1:]
        if program == "aws2":
            program = "aws"
        if program in {"az", "aws", "gcloud"}:
            self._match(login_of(program, [word.text for word in rest]), found)
        elif program in _WRAPPERS:
            self.command(behind(rest, _WRAPPERS[program]), depth + 1)
        elif program in _POSIX_SHELLS:
            self._shell(rest, depth)
        elif program == "cmd":
            self._cmd_words(rest, depth)
        elif program in _POWERSHELLS:
            self._powershell_words(rest, depth)
        elif _PYTHON.fullmatch(program):
            self._python(rest, depth)

    def _match(self, tool: str | None, found: list[Word]) -> None:
        if tool is not None:
            self.tool = tool
            self.obfuscated = self.obfuscated or any(word.broken for word in found[:4])

    def _posix(self, text: str, depth: int) -> None:
        if _IFS.search(text):
            self.obfuscated = True
            text = _IFS.sub(" ", text)
        commands = list(shell_lexer.posix(text)) if depth <= _DEPTH_LIMIT else []
        for found in commands:
            self.command(found.words, depth)
        if self.tool is None and any(decodes_base64(found) for found in commands):
            self._hidden(text, "utf-8", depth)

    def _hidden(self, text: str, encoding: str, depth: int) -> None:
        """Search scripts that the text contains as base64."""
        for match in _BASE64.findall(text)[:_DECODED_LIMIT]:
            try:
                script = base64.b64decode(match + "=" * (-len(match) % 4)).decode(encoding)
            except (binascii.Error, ValueError):
                continue
            self.obfuscated = True
            self.decoded.append(script)
            (self._posix if encoding == "utf-8" else self._powershell)(script, depth + 1)

    def _shell(self, rest: list[Word], depth: int) -> None:
        """Search ``sh -c script``, or a script file that is a cloud CLI (``bash /usr/bin/az login``)."""
        for at, word in enumerate(rest):
            if word.text.startswith("-") and not word.text.startswith("--") and word.text.endswith("c"):
                self._posix(" ".join(part.text for part in rest[at + 1 :]), depth + 1)
                return
            if not word.text.startswith(("-", "+")):
                if stem(word.text) in {"az", "aws", "gcloud"}:
                    self.command(rest[at:], depth + 1)
                return

    def _cmd_words(self, rest: list[Word], depth: int) -> None:
        for at, word in enumerate(rest):
            if word.text[:2].casefold() in {"/c", "/k"}:
                tail = [word.text[2:], *(quoted_again(part) for part in rest[at + 1 :])]
                self._cmd(" ".join(tail), depth + 1)
                return

    def _cmd(self, script: str, depth: int) -> None:
        script = script.strip()
        if re.fullmatch(r'"[^"]*"', script) or (script.count('"') > 2 and script[0] == script[-1] == '"'):
            script = script[1:-1]
        if depth <= _DEPTH_LIMIT:
            for found in shell_lexer.cmd(script):
                self.command(found.words, depth + 1)

    def _powershell_words(self, rest: list[Word], depth: int) -> None:
        at = 0
        while at < len(rest):
            text = rest[at].text.translate(_DASHES)
            option = text[1:].partition(":")[0].casefold() if text[:1] in {"-", "/"} else ""
            if not option or "command".startswith(option):
                self._powershell(" ".join(part.text for part in rest[at + bool(option) :]), depth + 1)
                return
            if "encodedcommand".startswith(option) or option == "ec":
                self._encoded(" ".join(part.text for part in rest[at + 1 :]), depth)
                return
            if "file".startswith(option):
                self.command(rest[at + 1 :], depth + 1)
                return
            at += 2 if any(name.startswith(option) for name in _PS_VALUED) else 1

    def _encoded(self, text: str, depth: int) -> None:
        self.obfuscated = True
        script = decoded_command(text.partition(" ")[0])
        if script is not None:
            self.decoded.append(script)
            self._powershell(script, depth + 1)

    def _powershell(self, script: str, depth: int) -> None:
        joined = _CONCATENATION.sub("", script)
        glued = joined != script
        for found in shell_lexer.powershell(joined) if depth <= _DEPTH_LIMIT else ():
            self._statement(found, depth, glued=glued)
        if "frombase64string" in script.casefold() and self.tool is None:
            self._hidden(script, "utf-16-le", depth)

    def _statement(self, found: SimpleCommand, depth: int, *, glued: bool) -> None:
        found.words = strip(found.words)
        if not found.words or self.tool:
            return
        first, arguments = found.words[0], [word.text for word in found.words[1:]]
        name = first.text.casefold()
        if first.quoted and not (found.called or glued):
            return  # a string, not a command
        tool = cmdlet_of(first.text, arguments)
        if tool is not None:
            self._match(tool, found.words)
            self.obfuscated = self.obfuscated or glued
        elif name in {"iex", "invoke-expression"}:
            self._powershell(" ".join(arguments), depth + 1)
        elif name in {"start-process", "saps", "start"}:
            plain = " ".join(argument for argument in arguments if not argument.startswith("-")).replace(",", " ")
            self.command(shell_lexer.windows(plain), depth + 1)
        else:
            self.command(found.words, depth + 1)

    def _python(self, rest: list[Word], depth: int) -> None:
        """Search ``-m azure.cli`` (also with joined options, ``-IBm``), ``-c code``, or a script that is a cloud CLI."""
        for at, word in enumerate(rest):
            text = word.text
            match = re.fullmatch(r"-[A-Za-z]*?(m|c)(.*)", text, re.DOTALL) if not text.startswith("--") else None
            if match:
                value, tail = (
                    (match.group(2), rest[at + 1 :]) if match.group(2) else (rest[at + 1].text if rest[at + 1 :] else "", rest[at + 2 :])
                )
                if match.group(1) == "m":
                    self.command([Word(_MODULES.get(value, "")), *tail], depth + 1)
                else:
                    self._python_code(value, depth)
                return
            if not text.startswith("-") and not (at and rest[at - 1].text in {"-X", "-W"}):
                if stem(text) in {"az", "aws", "gcloud"}:
                    self.command(rest[at:], depth + 1)
                return

    def _python_code(self, code: str, depth: int) -> None:
        for call in _PY_CALL.findall(code)[:_DECODED_LIMIT]:
            self._posix(re.sub(r"[\[\]'\",]+", " ", call), depth + 1)
