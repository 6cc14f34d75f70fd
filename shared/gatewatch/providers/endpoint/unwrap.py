"""Small functions that take a command apart: assignments, options of wrappers, encoded scripts."""

import base64
import re

from .programs import NODE_PACKAGES, is_known, stem
from .shell_lexer import SimpleCommand, Word

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_PS_ASSIGNMENT = re.compile(r"(?:\[[^\]]*\])?\$[\w:{}]+\s*\+?=\s*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?[smhd]?")
_REDIRECTION = re.compile(r"\d?(?:>>?|<)(?:&\d)?(.*)", re.DOTALL)
_RESERVED = frozenset({
    "if", "then", "do", "else", "elif", "while", "until", "!", "{", "}", "time", "@", "return", "try", "not", "exec", "builtin", "noglob",
    "nocorrect",
})  # fmt: skip
_CMD_TESTS = {"exist": 2, "defined": 2, "errorlevel": 2}


def decoded_command(text: str) -> str | None:
    """The script in PowerShell's -EncodedCommand (base64 of UTF-16LE, at times UTF-8), or None when it is too short to decode."""
    compact = re.sub(r"[^A-Za-z0-9+/]", "", text)
    whole = compact[: len(compact) // 4 * 4] if len(compact) % 4 == 1 else compact + "=" * (-len(compact) % 4)
    body = base64.b64decode(whole)
    if len(body) < 2:
        return None
    script = body.decode("utf-16-le", "replace")
    return script if _mostly_ascii(script) or not _mostly_ascii(plain := body.decode("utf-8", "replace")) else plain


def _mostly_ascii(text: str) -> bool:
    return sum(char < "\x7f" for char in text[:512]) * 2 >= len(text[:512])


def strip(found: list[Word]) -> list[Word]:
    """The words without leading reserved words, tests of cmd, redirections and assignments."""
    at = 0
    while at < len(found):
        word = found[at]
        bare = _PS_ASSIGNMENT.match(word.text)
        if bare and bare.end() < len(word.text):
            return [Word(word.text[bare.end() :], broken=word.broken), *found[at + 1 :]]
        if at + 1 < len(found) and found[at + 1].text == "=" and word.text.startswith(("$", "[")):
            at += 2
        elif at and word.text.casefold() in _CMD_TESTS and found[at - 1].text.casefold() in {"if", "not"}:
            at += _CMD_TESTS[word.text.casefold()]
        elif not word.quoted and (redirection := _REDIRECTION.fullmatch(word.text)):
            at += 1 if redirection.group(1) else 2
        elif bare or word.text in _RESERVED or word.text == "." or (not word.quoted and _ASSIGNMENT.fullmatch(word.text)):
            at += 1
        else:
            break
    return found[at:]


def assigned(found: list[Word]) -> list[str]:
    """The assignments before a command (``X=1 az login``)."""
    before = found[: len(found) - len(strip(found))] if found else []
    return [word.text for word in before if _ASSIGNMENT.fullmatch(word.text)]


def behind(rest: list[Word], valued: frozenset[str]) -> list[Word]:
    """The command after a wrapper's own options, durations and titles.

    A word after an option that is not in ``valued`` may be its value: it is passed over unless it is a program that is looked into.
    """
    at, unsure = 0, False
    while at < len(rest):
        text = rest[at].text
        if text == "--":
            return rest[at + 1 :]
        if _is_option(text):
            at += 2 if text.casefold() in valued else 1
            unsure = "=" not in text and ":" not in text and text.casefold() not in valued
        elif not text or _NUMBER.fullmatch(text) or _ASSIGNMENT.fullmatch(text) or text.startswith("\\"):
            at += 1
        elif unsure and not is_known(stem(text)) and text not in NODE_PACKAGES and " " not in text and at + 1 < len(rest):
            at, unsure = at + 1, False
        else:
            break
    return rest[at:]


def _is_option(text: str) -> bool:
    return text.startswith("-") or (text.startswith("/") and len(text) <= 8 and text[1:].isalpha())


def first_known(rest: list[Word]) -> list[Word]:
    """The words from ``--`` on, else from the first program on that is looked into; empty when there is none."""
    for at, word in enumerate(rest):
        if word.text == "--":
            return rest[at + 1 :]
    return next((rest[at:] for at, word in enumerate(rest) if not word.text.startswith("-") and is_known(stem(word.text))), [])


def after_verb(rest: list[Word], verbs: frozenset[str]) -> list[Word] | None:
    """The words after the first word that is one of these verbs, when only options precede it; None when there is none."""
    if not verbs:
        return rest
    for at, word in enumerate(rest[:12]):
        if word.text in verbs:
            return rest[at + 1 :]
    return None


def quoted_again(word: Word) -> str:
    """The word with the quotes that it had in a cmd.exe script."""
    return f'"{word.text}"' if word.quoted and " " in word.text and not is_known(stem(word.text.split(" ")[0])) else word.text


def decodes_base64(found: SimpleCommand) -> bool:
    """Whether this command decodes base64."""
    texts = [word.text for word in found.words]
    return stem(texts[0]) in {"base64", "openssl", "gbase64"} and any(
        text in {"-d", "-D", "--decode", "-di", "base64"} for text in texts[1:]
    )
