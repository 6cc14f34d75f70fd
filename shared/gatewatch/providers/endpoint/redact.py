"""Removes secrets from command lines before they are stored or sent. When in doubt, a word is removed.

A character of a secret becomes a mark first, so that everything keeps its place: what is found in a whole line is found in its arguments.
"""

import re

from . import secret_patterns as patterns
from .programs import stem
from .unwrap import decoded_command

REDACTED = "[REDACTED]"

_MARK = "\ue0f7"  # of a private area of Unicode; no letter, no blank
_MARKS = re.compile(f"{_MARK}+")


def decoded(text: str) -> str:
    """The text with the scripts of its encoded PowerShell commands in their place."""
    return patterns.ENCODED.sub(_script, text) if patterns.POWERSHELL.search(text[:4096]) else text


def redact(text: str, ids: re.Pattern[str] | None = None) -> str:
    """The text without secrets. An encoded PowerShell command is replaced by its decoded and redacted script.

    Ids of access keys go too. With ``ids``, which matches one, they stay where no secret is expected.
    """
    return _shown(_marked(decoded(text), ids))


def redact_args(args: list[str], ids: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """The same for arguments that are already split: what goes from their line goes from them, and a secret goes as the whole argument."""
    line = " ".join(args)
    opened = _opened(args, powershell=patterns.POWERSHELL.search(line[:4096]) is not None)
    az = patterns.AZ.search(line) is not None
    marked = _marked(f" {' '.join(opened)}", ids, az=az or opened != args)[1:]
    found: list[str] = []
    at = 0
    before = setting = ""
    for arg, shown in zip(args, opened, strict=True):
        part = marked[at : at + len(shown)]
        at += len(shown) + 1
        secret = (
            before
            and not arg.startswith("-")
            and (_takes_secret(before, az=az, line=line) or (setting == "setx" and _is_sensitive(before)))
        )
        if secret and not _is_id(before, arg, ids):
            found.append(arg if patterns.VARIABLE.fullmatch(arg) and patterns.POWERSHELL.search(line[:4096]) else REDACTED)
        else:
            found.append(_shown(part))
        setting, before = stem(before), arg
    return tuple(found)


def _opened(args: list[str], *, powershell: bool) -> list[str]:
    """The arguments with the scripts of encoded PowerShell commands in their place."""
    found = [decoded(arg) for arg in args]
    for at, (before, arg) in enumerate(zip(("", *args), args, strict=False)):
        if powershell and patterns.ENCODED.fullmatch(f" {before} {arg}", 1):
            found[at] = f"[decoded] {decoded_command(arg) or REDACTED}"
    return found


def _marked(text: str, ids: re.Pattern[str] | None, *, az: bool = False) -> str:
    """The text, as long as it was, with a mark for each character of a secret."""
    line = text
    text = _named(text.replace(_MARK, " "), ids)
    for pattern in patterns.PATTERNS:
        text = pattern.sub(_hidden, text)
    text = patterns.KEY_IDS.sub(_hidden, text) if ids is None else text
    if az or patterns.AZ.search(line):
        text = patterns.SHORT_PASSWORD.sub(_hidden, text)
    if shorts := _shorts(line):
        text = patterns.short_option(shorts).sub(_hidden, text)
    return patterns.THIRD_ARGUMENT.sub(_hidden, text) if patterns.CREDENTIAL_CALL.search(line) else text


def _hidden(match: re.Match[str]) -> str:
    kept = match.group(1) if match.re.groups else ""
    return kept + _MARK * (len(match.group()) - len(kept))


def _shown(marked: str) -> str:
    return _MARKS.sub(REDACTED, marked)


def _script(match: re.Match[str]) -> str:
    script = decoded_command(match.group(3))
    return f"{match.group(1)}[decoded] {script}" if script is not None else f"{match.group(1)}{REDACTED}"


def _takes_secret(option: str, *, az: bool, line: str) -> bool:
    name = option.lstrip("-/")
    positional = option.casefold().rpartition(".")[2] in patterns.POSITIONAL_NAMES
    return (
        (name != option and _is_sensitive(name))
        or positional
        or (az and option == "-p")
        or (len(option) == 2 and option[0] == "-" and option[1] in _shorts(line))
    )


def _shorts(line: str) -> str:
    """The options of one character that carry a secret in this line."""
    return "".join(flags for tools, flags in patterns.SHORT_OPTIONS if tools.search(line))


def _is_sensitive(name: str) -> bool:
    squashed = _squashed(name)
    return squashed in patterns.SENSITIVE_NAMES or squashed.endswith(patterns.SENSITIVE_ENDINGS)


def _is_id(name: str, value: str, ids: re.Pattern[str] | None) -> bool:
    """Whether this is the id of an access key under a name that asks for one."""
    return ids is not None and ids.fullmatch(value.strip("\"'\\")) is not None and _squashed(name).endswith(patterns.NAMES_OF_IDS)


def _squashed(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _named(text: str, ids: re.Pattern[str] | None) -> str:
    """The text without the values of options, variables and properties whose name suggests a secret."""
    kept: list[str] = []
    done = 0
    for match in patterns.NAME.finditer(text):
        if match.start() < done:
            continue
        prefix, name = match.group(1).casefold(), match.group(2)
        if prefix != "$env:" and not _is_sensitive(name):
            continue
        span = _value_span(text, match.end(), prefix, name)
        if span is not None and not _is_id(name, text[slice(*span)], ids):
            kept += (text[done : span[0]], _MARK * (span[1] - span[0]))
            done = span[1]
    return "".join((*kept, text[done:]))


def _value_span(text: str, at: int, prefix: str, name: str) -> tuple[int, int] | None:
    """The span of the value of this name; None when there is no value, or when it is a variable or a prompt."""
    between = patterns.BEFORE_VALUE.match(text, at)
    if between is None or (between.group().startswith(",") and text[at - len(name) - 1] != "("):
        return None
    option, blank = prefix in {"-", "--", "/"}, between.group().isspace()
    if blank and not option and name.casefold() not in patterns.POSITIONAL_NAMES and not _after_setx(text, at - len(name)):
        return None
    value = (patterns.VALUE if option else patterns.PART).match(text, between.end())
    if value is None:
        return None
    word = value.group()
    if word.startswith(("(", REDACTED[:-1])) or (blank and word.startswith(("-", "|", "&", ";"))):
        return None
    if prefix != "--" and patterns.VARIABLE.fullmatch(word):
        return None
    return None if prefix.startswith("$") and patterns.CMDLET.match(word) else value.span()


def _after_setx(text: str, at: int) -> bool:
    return text[max(0, at - 8) : at].rstrip("'\" \t").casefold().endswith("setx")
