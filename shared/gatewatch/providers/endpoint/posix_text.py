"""What a POSIX shell puts into a text before it runs it: variables of the same line, here-documents, escapes. Constants only."""

import re

from msgspec import Struct

_LIMIT = 32
_HEREDOC = re.compile(r"<<-?[ \t]{0,8}(['\"\\]?)([A-Za-z_]\w{0,40})['\"]?")
_ASSIGNMENT = re.compile(
    r"(?:^|[;&|\n({]|\bexport |\breadonly |\blocal )\s{0,40}([A-Za-z_]\w{0,60})=(\"[^\"$`\n]*\"|'[^'\n]*'|[^\s;&|()\"'$`]+)"
)
_LOOKED_UP = re.compile(
    r"(?:\"?\$\((?:which|command -v|type -p|whereis -b) ([\w./-]{1,80})\)\"?|`(?:which|command -v|type -p) ([\w./-]{1,80})`)"
)
_PRINTED = re.compile(r"\$\((?:echo|printf) ([^()$`]{1,400})\)")
_READ_FROM = re.compile(r"<\((?:echo|printf) ([^()$`]{1,400})\)")
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*+)'", re.DOTALL)
_ANSI_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
_ANSI_NAMED = {"n": "\n", "t": "\t", "r": "\r"}
_BRACES = re.compile(r"(?:(?<=[;&|\s(])|^)\{([\w./:-]{1,80}(?:,[\w./:-]{1,80}){1,20})\}")
_IFS = re.compile(r"\\?\$\{IFS[^}]{0,16}\}|\$IFS(?:\$\d)?")


class Expanded(Struct, frozen=True):
    """The text with constants in place. ``hidden``: something was written so that a search for the command misses it."""

    text: str
    hidden: bool = False


class HereDocument(Struct, frozen=True):
    """The line that reads a here-document, and its body."""

    line: str
    body: str


def expanded(text: str) -> Expanded:
    """The text with its constant variables, looked-up programs, escapes and braces replaced."""
    found = text
    if "$'" in found:
        found = _ANSI.sub(lambda match: f"'{_ANSI_ESCAPE.sub(_unescaped, match.group(1))}'", found)
    found = _IFS.sub(" ", found)
    if "{" in found:
        found = _BRACES.sub(lambda match: match.group(1).replace(",", " "), found)
    hidden = found != text
    if "(echo " in found or "(printf " in found:
        printed = _READ_FROM.sub(r" <<< \1", _PRINTED.sub(lambda match: match.group(1).strip("\"'"), found))
        hidden, found = hidden or printed != found, printed
    if "$(" in found or "`" in found:
        found = _LOOKED_UP.sub(lambda match: match.group(1) or match.group(2), found)
    if "$" in found and "=" in found:
        found = _with_variables(found)
    return Expanded(found, hidden)


def _unescaped(match: re.Match[str]) -> str:
    digits, wide, octal, char = match.groups()
    if digits or wide:
        return chr(int(digits or wide, 16))
    return chr(int(octal, 8)) if octal else _ANSI_NAMED.get(char, char)


def _with_variables(text: str) -> str:
    """Constants that are assigned once, put in place of their names. The text grows at most fourfold."""
    values: dict[str, str | None] = {}
    for match in _ASSIGNMENT.finditer(text):
        name = match.group(1)
        values[name] = None if name in values else match.group(2).strip("\"'")
        if len(values) > _LIMIT:
            break
    known = {name: value for name, value in values.items() if value is not None and len(value) <= 4096}
    if not known:
        return text
    names = "|".join(map(re.escape, known))
    use = re.compile(rf"\$(?:\{{({names})\}}|({names})\b)")
    if len(text) + sum(len(known[match.group(1) or match.group(2)]) for match in use.finditer(text)) > 4 * len(text) + 4096:
        return text
    return use.sub(lambda match: known[match.group(1) or match.group(2)], text)


def without_heredocs(text: str) -> tuple[str, list[HereDocument]]:
    """The text without the bodies of its here-documents, and those."""
    if "<<" not in text or "\n" not in text:
        return text, []
    kept: list[str] = []
    found: list[HereDocument] = []
    done = 0
    for match in _HEREDOC.finditer(text):
        if match.start() < done or len(found) >= _LIMIT or text[match.start() - 1 : match.start()] == "<":
            continue
        line_end = text.find("\n", match.end())
        if line_end < 0:
            break
        close = re.compile(rf"^[ \t]*{re.escape(match.group(2))}[ \t]*\r?$", re.MULTILINE).search(text, line_end + 1)
        end = close.start() if close else len(text)
        line_start = text.rfind("\n", 0, match.start()) + 1
        found.append(
            HereDocument(f"{text[max(line_start, done) : match.start()]} {text[match.end() : line_end]}", text[line_end + 1 : end])
        )
        kept.append(f"{text[done : match.start()]}{text[match.end() : line_end]}\n")
        done = close.end() if close else len(text)
    return "".join((*kept, text[done:])), found
