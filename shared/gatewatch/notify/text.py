"""Plain text: an SNS subject and message, an e-mail, a log of what was sent."""

from ..model.text import VALUE_LIMIT, ascii_only
from ..ports import Notice
from .links import Links
from .message_text import MessageText, headline, message_text, short_who, sums

SUBJECT_LIMIT_CHARACTERS = 99  # SNS: ASCII, no control characters, "less than 100 characters"
MESSAGE_LIMIT_BYTES = 16 * 1024  # SNS takes 256 KiB (262,144 bytes); people do not
_SHORT = 80  # characters a value: the longest message is then below 16 KiB in any script


def subject(notice: Notice) -> str:
    """Severity first, then score, rule and who: printable ASCII, one line."""
    alert = notice.alert
    said = message_text(notice, Links())
    mark = "NOT STORED " if notice.index_unavailable else ""
    text = f"{said.severity_name} {said.score}: {mark}{said.title} - {short_who(alert.lead.event)} ({notice.why})"
    return ascii_only(text, SUBJECT_LIMIT_CHARACTERS)


def message(notice: Notice, links: Links | None = None) -> str:
    """The whole notification, at most 16 KiB of UTF-8: values get shorter until it fits."""
    text = _text(notice, links, VALUE_LIMIT)
    return text if len(text.encode()) <= MESSAGE_LIMIT_BYTES else _text(notice, links, _SHORT)


def _text(notice: Notice, links: Links | None, limit: int) -> str:
    return "\n".join(_lines(message_text(notice, links or Links(), limit)))


def _lines(said: MessageText) -> list[str]:
    width = max(len(row.label) for row in said.rows)
    return [
        headline(said),
        *said.marks,
        said.reason,
        *([said.meaning] if said.meaning != said.reason else []),
        "",
        "Why now: " + said.why_now,
        "Weighs most: " + "; ".join(said.reasons),
        "",
        *(f"{row.label.ljust(width)}  {row.value}" for row in said.rows),
        "",
        "Score",
        *sums(said),
        "",
        "Next steps",
        *(f"{number}. {step}" for number, step in enumerate(said.steps, 1)),
        "",
        "Runbook: " + said.runbook,
    ]
