"""Small functions that take a command apart: program names, assignments, wrappers, encoded scripts."""

import base64
import re

from .shell_lexer import SimpleCommand, Word

_EXTENSION = re.compile(r"\.(?:exe|cmd|bat|com|ps1|sh)$")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_PS_ASSIGNMENT = re.compile(r"(?:\[[^\]]*\])?\$[\w:{}]+\s*\+?=\s*")
_RESERVED = frozenset(
    {"if", "then", "do", "else", "elif", "while", "until", "!", "{", "}", "time", "@", "return", "try", "not", "exec", "command", "builtin"}
)


def stem(program: str) -> str:
    """A program's name in lower case without folders and extension: ``wbin/az.cmd`` becomes ``az``."""
    base = re.split(r"[\\/]", program.strip().strip("\"'"))[-1].casefold().removeprefix("-")
    return "gcloud" if base == "gcloud.py" else _EXTENSION.sub("", base)


def decoded_command(text: str) -> str | None:
    """The script in PowerShell's -EncodedCommand (base64 of UTF-16LE), or None when it is too short to decode."""
    compact = re.sub(r"[^A-Za-z0-9+/]", "", text)
    whole = compact[: len(compact) // 4 * 4] if len(compact) % 4 == 1 else compact + "=" * (-len(compact) % 4)
    body = base64.b64decode(whole)
    return body.decode("utf-16-le", "replace") if len(body) > 1 else None


def strip(found: list[Word]) -> list[Word]:
    """The words without leading reserved words and assignments."""
    at = 0
    while at < len(found):
        word = found[at]
        bare = _PS_ASSIGNMENT.match(word.text)
        if bare and bare.end() < len(word.text):
            return [Word(word.text[bare.end() :], broken=word.broken), *found[at + 1 :]]
        if at + 1 < len(found) and found[at + 1].text == "=" and word.text.startswith(("$", "[")):
            at += 2
        elif bare or word.text in _RESERVED or word.text == "." or (not word.quoted and _ASSIGNMENT.fullmatch(word.text)):
            at += 1
        else:
            break
    return found[at:]


def behind(rest: list[Word], valued: frozenset[str]) -> list[Word]:
    """The command after a wrapper's own options, durations and titles."""
    at = 0
    while at < len(rest):
        text = rest[at].text
        if text.startswith("-") or (text.startswith("/") and len(text) <= 8 and text[1:].isalpha()):
            at += 2 if text.casefold() in valued else 1
        elif not text or re.fullmatch(r"\d+(?:\.\d+)?[smhd]?", text) or _ASSIGNMENT.fullmatch(text):
            at += 1
        else:
            break
    return rest[at:]


def quoted_again(word: Word) -> str:
    """The word with the quotes that it had in a cmd.exe script."""
    return (
        f'"{word.text}"' if word.quoted and " " in word.text and stem(word.text.split(" ")[0]) not in {"az", "aws", "gcloud"} else word.text
    )


def decodes_base64(found: SimpleCommand) -> bool:
    """Whether this command decodes base64."""
    texts = [word.text for word in found.words]
    return stem(texts[0]) in {"base64", "openssl"} and any(text in {"-d", "-D", "--decode", "base64"} for text in texts[1:])
