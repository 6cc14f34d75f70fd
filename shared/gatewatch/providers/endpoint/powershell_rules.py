"""Operators and methods of PowerShell that make one constant string from others, on a text whose strings are marks."""

import base64
import binascii
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from .powershell_strings import CONSTANT, ONE, Strings

_PIECES = 64
_INFLATED = 1_048_576
_B = r"\s{0,16}"
_NUMBER = r"(?:0x[0-9a-f]{1,6}|\d{1,7})"
_NUMBERS = rf"{_NUMBER}(?:{_B},{_B}{_NUMBER}){{0,4095}}+"
_LIST = rf"{ONE}(?:{_B},{_B}{ONE}){{0,255}}+"
_CHARS = rf"(?:\[{_B}char{_B}\[{_B}\]{_B}\]{_B})"
_EACH_CHAR = rf"\|{_B}(?:%|foreach(?:-object)?){_B}\{{{_B}\[{_B}char{_B}\]{_B}\$_{_B}\}}{_B}"
_SAFE_EXPRESSION = re.compile(r"[^*+?{}()|\\^$]*+|\\?[^\w\s]")
_PLACE = re.compile(r"\{(\d{1,2})\}")


@dataclass(slots=True)
class Rules:
    """Applies the rules to one script; ``decoded`` collects the texts that were encoded, ``joined`` says that strings were put together."""

    strings: Strings
    decoded: list[str] = field(default_factory=list)
    joined: bool = False

    def applied(self, text: str) -> str:
        """The text after one round of every rule."""
        for pattern, make in _RULES:
            text = pattern.sub(lambda match, make=make: self._made(make, match), text)  # type: ignore[misc]
        return _PARENTHESES.sub(r" \1", text)

    def _made(self, make: Callable[["Rules", re.Match[str]], str | None], match: re.Match[str]) -> str:
        value = make(self, match)
        mark = self.strings.mark(value) if value is not None else None
        self.joined = self.joined or mark is not None
        return match.group() if mark is None else mark


_PARENTHESES = re.compile(rf"(?<![\w\])])\({_B}({ONE}){_B}\)")


def _number(text: str) -> str:
    code = int(text, 16) if text[:2].casefold() == "0x" else int(text)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _numbers(_rules: Rules, match: re.Match[str]) -> str:
    return "".join(_number(part.strip()) for part in match.group("numbers").split(","))


def _plus(rules: Rules, match: re.Match[str]) -> str:
    return "".join(rules.strings.all(match.group()))


def _format(rules: Rules, match: re.Match[str]) -> str:
    pieces = rules.strings.all(match.group(3))[:_PIECES]

    def piece(place: re.Match[str]) -> str:
        at = int(place.group(1))
        return pieces[at] if at < len(pieces) else ""

    return _PLACE.sub(piece, rules.strings.value(match.group(1))[:4096])


def _join(rules: Rules, match: re.Match[str]) -> str:
    return "".join(rules.strings.all(match.group(1)))


def _join_by(rules: Rules, match: re.Match[str]) -> str:
    return rules.strings.value(match.group(2)).join(rules.strings.all(match.group(1)))


def _string_join(rules: Rules, match: re.Match[str]) -> str:
    pieces = rules.strings.all(match.group(2))
    return pieces[0].join(pieces[1:]) if match.group(1).casefold() == "join" else "".join(pieces)


def _replace(rules: Rules, match: re.Match[str]) -> str | None:
    """The operator takes a regular expression: one without quantifiers and groups is read as text."""
    text, old = rules.strings.value(match.group(1)), rules.strings.value(match.group(2))
    new = rules.strings.value(match.group(3)) if match.group(3) else ""
    if not old or len(old) > 256 or len(text) * (len(new) + 1) > _INFLATED or not _SAFE_EXPRESSION.fullmatch(old):
        return None
    plain = old.removeprefix("\\") if len(old) == 2 else old
    expression = plain if re.fullmatch(r"\[[\w ]{1,64}\]", plain) else re.escape(plain)
    return re.sub(expression, lambda _: new, text, flags=re.IGNORECASE)


def _method_replace(rules: Rules, match: re.Match[str]) -> str | None:
    text, old, new = (rules.strings.value(match.group(number)) for number in (1, 2, 3))
    return text.replace(old, new) if old and len(text) * (len(new) + 1) < _INFLATED else None


def _method(rules: Rules, match: re.Match[str]) -> str | None:
    text, name = rules.strings.value(match.group(1)), match.group(2).casefold().removesuffix("invariant")
    numbers = [int(found) for found in re.findall(r"\d+", match.group(3))]
    if name == "substring":
        return text[numbers[0] :][: numbers[1] if len(numbers) > 1 else None] if numbers else None
    if name == "remove":
        return text[: numbers[0]] + (text[sum(numbers[:2]) :] if len(numbers) > 1 else "") if numbers else None
    return {"tolower": text.lower(), "toupper": text.upper(), "trim": text.strip()}.get(name, text)


def _slice(rules: Rules, match: re.Match[str]) -> str | None:
    text = rules.strings.value(match.group(1))
    chars: list[str] = []
    for part in match.group(2).split(","):
        first, mark, last = part.partition("..")
        start, end = int(first), int(last) if mark else int(first)
        step = 1 if end >= start else -1
        if abs(end - start) > 4096 or len(chars) > 16_384:
            return None
        chars += [text[at] for at in range(start, end + step, step) if -len(text) <= at < len(text)]
    return "".join(chars)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "==")
    except (binascii.Error, ValueError):
        return b""


def _encoded(rules: Rules, match: re.Match[str]) -> str | None:
    encoding = "utf-16-le" if match.group(1).casefold() == "unicode" else "utf-8"
    text = _bytes(rules.strings.value(match.group(2))).decode(encoding, "replace")
    if text:
        rules.decoded.append(text)
    return text or None


def _inflated(rules: Rules, match: re.Match[str]) -> None:
    """A compressed script, at most 1 MiB of it and a hundred times its size: a bomb is cut."""
    data = _bytes(rules.strings.value(match.group(1)))
    for window in (31, -15):
        try:
            text = zlib.decompressobj(window).decompress(data, min(_INFLATED, 100 * len(data) + 1)).decode("utf-8", "replace")
        except zlib.error:
            continue
        if text and text not in rules.decoded and len(rules.decoded) < 8:
            rules.decoded.append(text)


_METHODS = "tolower|toupper|trim|tostring|substring|remove|tolowerinvariant|toupperinvariant"
_ENCODING = r"\[(?:system\.)?(?:text\.)?(?:encoding|\w{1,12}encoding)\]::(\w{1,20})\.getstring"
_RULES: tuple[tuple[re.Pattern[str], Callable[[Rules, re.Match[str]], str | None]], ...] = tuple(
    (re.compile(expression, re.IGNORECASE), make)
    for expression, make in (
        (rf"-join{_B}(\(?){_B}{_CHARS}?@?\({_B}(?P<numbers>{_NUMBERS}){_B}(?:{_EACH_CHAR})?\)(?(1){_B}\))", _numbers),
        (rf"{_CHARS}@?\({_B}(?P<numbers>{_NUMBERS}){_B}\){_B}-join{_B}{ONE}", _numbers),
        (rf"\({_CHARS}@?\({_B}(?P<numbers>{_NUMBERS}){_B}\){_B}\){_B}-join{_B}{ONE}", _numbers),
        (rf"@?\({_B}(?P<numbers>{_NUMBERS}){_B}{_EACH_CHAR}\){_B}-join{_B}{ONE}", _numbers),
        (rf"\[{_B}char{_B}\]{_B}(?P<numbers>{_NUMBER})", _numbers),
        (rf"\[{_B}char{_B}\]{_B}\({_B}(?P<numbers>{_NUMBER}){_B}\)", _numbers),
        (rf"{CONSTANT}{_B}\[{_B}(-?\d{{1,5}}(?:{_B}(?:\.\.|,){_B}-?\d{{1,5}}){{1,255}}+){_B}\](?:{_B}-join{_B}{ONE})?", _slice),
        (rf"{CONSTANT}{_B}\[{_B}(-?\d{{1,5}}){_B}\]", _slice),
        (rf"{CONSTANT}{_B}-f{_B}(@?\({_B})?({_LIST})(?(2){_B}\))", _format),
        (rf"-join{_B}@?\({_B}({_LIST}){_B}\)", _join),
        (rf"@?\({_B}({_LIST}){_B}\){_B}-join{_B}{CONSTANT}", _join_by),
        (rf"({ONE}(?:{_B},{_B}{ONE}){{1,255}}+){_B}-join{_B}{CONSTANT}", _join_by),
        (rf"\[(?:system\.)?string\]::(join|concat){_B}\({_B}({_LIST}(?:{_B},{_B}@?\({_B}{_LIST}{_B}\))?){_B}\)", _string_join),
        (rf"{CONSTANT}{_B}\.{_B}replace{_B}\({_B}{CONSTANT}{_B},{_B}{CONSTANT}{_B}\)", _method_replace),
        (rf"{CONSTANT}{_B}\.{_B}({_METHODS}){_B}\(([\d,\s]{{0,24}})\)", _method),
        (rf"{CONSTANT}{_B}-[ic]?replace{_B}\(?{_B}{CONSTANT}(?:{_B},{_B}{CONSTANT})?", _replace),
        (rf"{ONE}(?:{_B}\+{_B}{ONE}){{1,255}}+", _plus),
        (rf"{_ENCODING}{_B}\({_B}\[(?:system\.)?convert\]::frombase64string{_B}\({_B}{CONSTANT}{_B}\){_B}\)", _encoded),
    )
)  # fmt: skip
_COMPRESSED = re.compile(r"gzipstream|deflatestream", re.IGNORECASE)
_BASE64 = re.compile(rf"frombase64string{_B}\({_B}{CONSTANT}{_B}\)", re.IGNORECASE)


def inflate(rules: Rules, text: str) -> None:
    """Decode the compressed scripts of this text."""
    if _COMPRESSED.search(text):
        for match in _BASE64.finditer(text):
            _inflated(rules, match)
