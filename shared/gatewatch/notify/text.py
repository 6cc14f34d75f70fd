"""Plain text: an SNS subject and message, an e-mail, a log of what was sent."""

from ..model.text import VALUE_LIMIT, ascii_only, visible
from ..ports import Notice, PlainNotice
from .compose import compose
from .links import Links
from .message import AlertMessage

SUBJECT_LIMIT_CHARACTERS = 99  # SNS: ASCII, no control characters, "less than 100 characters"
MESSAGE_LIMIT_BYTES = 32 * 1024  # SNS takes 256 KiB (262,144 bytes); people do not
LINE_LIMIT = 600  # characters of a line of a message that is about no alert
_SHORTER = (VALUE_LIMIT, 120, 80, 40, 24)  # characters a value


def subject(notice: Notice) -> str:
    """Severity first, then score, rule and who: printable ASCII, one line."""
    return subject_of(compose(notice), index_unavailable=notice.index_unavailable)


def subject_of(said: AlertMessage, *, index_unavailable: bool = False) -> str:
    """The same of a message."""
    mark = "NOT STORED " if index_unavailable else ""
    text = f"{said.severity_name} {said.score}: {mark}{said.title} - {said.news[0].who} ({said.why})"
    return ascii_only(text, SUBJECT_LIMIT_CHARACTERS)


def plain_lines(notice: PlainNotice) -> list[str]:
    """A message that is about no alert, as visible lines; the subject first."""
    return [visible(line, LINE_LIMIT) for line in (notice.subject, *notice.lines)]


def message(notice: Notice, links: Links | None = None, limit_bytes: int = MESSAGE_LIMIT_BYTES) -> str:
    """The whole notification, at most 32 KiB of UTF-8: values get shorter until it fits."""
    *longer, shortest = _SHORTER
    for limit in longer:
        text = lay_out(compose(notice, links, limit))
        if len(text.encode()) <= limit_bytes:
            return text
    return lay_out(compose(notice, links, shortest))


def lay_out(said: AlertMessage) -> str:
    """The message as lines of text."""
    return "\n".join(_lines(said))


def _lines(said: AlertMessage) -> list[str]:
    width = max(len(row.label) for row in said.rows)
    return [
        said.headline,
        *said.marks,
        said.reason,
        *([said.meaning] if said.meaning != said.reason else []),
        "",
        "Why now: " + said.why_now,
        "Weighs most: " + "; ".join(said.reasons),
        "",
        *(f"{row.label.ljust(width)}  {row.value}" for row in said.rows),
        *(line for title, lines in said.sections() for line in ("", title, *(f"- {line}" for line in lines))),
        "",
        "Score",
        *said.sums(),
        "",
        "Next steps",
        *(f"{number}. {step}" for number, step in enumerate(said.steps, 1)),
        "",
        "Runbook: " + said.runbook,
        *(f"{link.label}: {link.url}" for link in said.links if link.url != said.runbook),
    ]
