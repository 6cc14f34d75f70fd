"""What cmd.exe puts into a text before it runs it: variables that the same line sets, their parts and replacements, carets."""

import re

_LIMIT = 32
_SET = re.compile(r"\bset\s+(?:\"([A-Za-z_]\w{0,60})=([^\"&|\n]{0,4096})\"|([A-Za-z_]\w{0,60})=([^&|\n)\"]{0,4096}))", re.IGNORECASE)
_USE = re.compile(r"([%!])([A-Za-z_]\w{0,60})(?::(?:~(-?\d{1,4})(?:,(-?\d{1,4}))?|([^=%!\n]{1,64})=([^%!\n]{0,64})))?\1", re.IGNORECASE)
_KNOWN = {
    "comspec": "C:\\WINDOWS\\system32\\cmd.exe",
    "programfiles": "C:\\Program Files",
    "systemroot": "C:\\WINDOWS",
    "windir": "C:\\WINDOWS",
    "public": "C:\\Users\\Public",
    "programdata": "C:\\ProgramData",
    "pathext": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
}
_FOR_IN = re.compile(r"\bin\s*\(\s*(['`])([^\n]{1,8192}?)\1\s*\)", re.IGNORECASE)


def expanded(text: str) -> str:
    """The text with variables in place, and the command of ``for /f ... in ('command')`` as a command of its own."""
    if "(" in text:
        text = _FOR_IN.sub(r"in (\2)", text)
    if "%" not in text and "!" not in text:
        return text
    values = dict(_KNOWN)
    for match, _ in zip(_SET.finditer(text.replace("^", "")), range(_LIMIT), strict=False):
        values[(match.group(1) or match.group(3)).casefold()] = match.group(2) or match.group(4) or ""
    left = 4 * len(text) + 4096

    def value(match: re.Match[str]) -> str:
        nonlocal left
        found = values.get(match.group(2).casefold())
        if found is None:
            return match.group()
        found = _part(found, match)
        left -= len(found)
        return found if left > 0 else match.group()

    return _USE.sub(value, text)


def _part(value: str, match: re.Match[str]) -> str:
    """``%X:~2,3%`` and ``%X:old=new%``."""
    _, _, start, length, old, new = match.groups()
    if old is not None:
        return re.sub(re.escape(old), lambda _: new or "", value, flags=re.IGNORECASE)
    if start is None:
        return value
    first = int(start)
    tail = value[first:]
    if length is None:
        return tail
    return tail[: int(length)]
