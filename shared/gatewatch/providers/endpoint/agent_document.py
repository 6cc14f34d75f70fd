"""Reads an agent's document by dotted paths, and what all its kinds have in common: command lines, host and user."""

import html
import re

from ...reading.fields import TEXT_LIMIT_CHARS, Notes, harmless, items, mapping, scalar, word
from .redact import redact

COMMAND_LINE_LIMIT_CHARS = 32_766
READ_LIMIT_CHARS = 262_144  # much more than is stored, so that padding cannot hide a command


class Document:
    """An ECS document that is read by dotted paths. Its keys may be nested, dotted or both."""

    __slots__ = ("_dotted", "data")

    def __init__(self, data: object) -> None:
        self.data = data
        nested = [inner for inner in mapping(data).values() if isinstance(inner, dict)]
        self._dotted = any("." in key for fields in (mapping(data), *nested) for key in fields)

    def get(self, path: str) -> object:
        """The value at this path, or None when it is absent."""
        parts = path.split(".")
        if self._dotted:
            return _at(self.data, parts)
        found = self.data
        for part in parts:
            found = mapping(found).get(part)
            if found is None:
                return None
        return found

    def folded(self, *paths: str) -> str:
        """The first of these values that is text or a number, in lower case; empty when there is none."""
        return next((found for path in paths if (found := word(self.get(path)))), "")

    def any_of(self, path: str) -> list[str]:
        """The values at this path, in lower case."""
        return [found for item in items(self.get(path))[:16] if (found := word(item))]


def _at(data: object, parts: list[str]) -> object:
    if not parts:
        return data
    fields = mapping(data)
    for length in range(1, len(parts) + 1):
        value = fields.get(".".join(parts[:length]))
        if value is not None:
            found = _at(value, parts[length:])
            if found is not None:
                return found
    return None


def line_of(value: object) -> str | None:
    """A command line or script, cut to the limit for evaluation. Some shippers leave XML escapes in it; they are decoded."""
    text = scalar(value)
    if text is None:
        return None
    text = text[:READ_LIMIT_CHARS]
    return html.unescape(text) if "&quot;" in text else text


def kept(line: str | None, name: str, notes: Notes) -> str | None:
    """A command line as it is stored: redacted and cut."""
    if line is None:
        return None
    if len(line) > COMMAND_LINE_LIMIT_CHARS:
        notes.cut(name)
    return harmless(redact(line[:COMMAND_LINE_LIMIT_CHARS])[:COMMAND_LINE_LIMIT_CHARS], layout=True)


def basename(path: str | None) -> str | None:
    """The last part of a path."""
    return re.split(r"[\\/]", path.strip().strip('"'))[-1][:TEXT_LIMIT_CHARS] or None if path else None


def is_server(doc: Document) -> bool:
    """Whether the operating system is a server edition of Windows; Linux has none that says so."""
    return any("server" in doc.folded(f"host.os.{name}") for name in ("name", "full", "Ext.variant"))


def windows_user(doc: Document) -> tuple[str | None, str | None]:
    """Domain and user in the raw data of Sysmon, of a process creation, or of a PowerShell context ("User = ...")."""
    written = scalar(doc.get("winlog.event_data.User"))
    if written is None and (subject := scalar(doc.get("winlog.event_data.SubjectUserName"))) is not None:
        return scalar(doc.get("winlog.event_data.SubjectDomainName")), subject
    if written is None:
        context = re.search(r"\bUser = ([^\r\n]{1,256})", scalar(doc.get("winlog.event_data.ContextInfo")) or "")
        written = context.group(1).strip() if context else None
    if written is None:
        return None, None
    domain, mark, user = written.partition("\\")
    return (domain or None, user or None) if mark else (None, written)
