"""Which allowlist entry silences an assessment. An exception is owned, reasoned and ends by itself."""

from collections.abc import Callable

from msgspec import Struct

from ..model import Activity, Fact, Subject
from ..providers.phrases import identifiers
from ..tuning import EVERY_RULE, AllowlistEntry, Match, Tuning, fold
from .modifiers import in_network

NEVER_BY_WILDCARD_FROM = 74
_NEVER_BY_WILDCARD = frozenset({"entra_confirmed_compromised", "break_glass_signin"})


class Case(Struct, frozen=True, kw_only=True):
    """What is to be silenced or not: one activity, or the two sides of a pair."""

    activities: tuple[Activity, ...]
    rules: tuple[str, ...]  # what an entry must list: all that matched; of a pair the pair rule
    score: int
    sides: tuple[str, ...] = ()  # of a pair: what its sides matched, which ``*`` may not silence either


def suppressing_entry(case: Case, tuning: Tuning) -> str | None:
    """The id of the first entry that silences this case, or None.

    An entry is alive until its expiry, by the activity's time; of a pair the later activity counts, and either side may match.
    """
    last = max(activity.time for activity in case.activities)
    for entry in tuning.allowlist:
        if last < entry.expires and _lists(entry, case) and any(matches(entry.match, activity) for activity in case.activities):
            return entry.id
    return None


def _lists(entry: AllowlistEntry, case: Case) -> bool:
    """``*`` lists everything but what must never be silenced by accident."""
    if set(case.rules) <= set(entry.rules):
        return True
    if EVERY_RULE not in entry.rules or case.score >= NEVER_BY_WILDCARD_FROM:
        return False
    return _NEVER_BY_WILDCARD.isdisjoint((*case.rules, *case.sides)) and not any(_is_root_without_mfa(item) for item in case.activities)


def _is_root_without_mfa(activity: Activity) -> bool:
    event = activity.event
    return event.subject is Subject.ROOT and (event.aws is None or event.aws.mfa_used is not Fact.PRESENT)


def matches(match: Match, activity: Activity) -> bool:
    """Whether everything the entry names holds; an entry that names nothing matches nothing."""
    wanted = [(test, value) for test, value in _tests(match) if value is not None]
    return bool(wanted) and all(test(activity, value) for test, value in wanted)


type _Test = Callable[[Activity, str], bool]


def _tests(match: Match) -> tuple[tuple[_Test, str | None], ...]:
    return (
        (_is_principal, match.principal),
        (_is_inside, match.cidr),
        (_is_asn, None if match.asn is None else str(match.asn)),
        (_is_user_agent, match.user_agent),
        (_is_app, match.app_id),
        (_is_account, match.account),
        (_is_parent, match.parent_process),
    )


def _is_principal(activity: Activity, value: str) -> bool:
    return fold(value) in {fold(name) for name in identifiers(activity.event)}


def _is_inside(activity: Activity, value: str) -> bool:
    return in_network(activity.event.place.ip, value)


def _is_asn(activity: Activity, value: str) -> bool:
    return str(activity.event.place.asn) == value


def _is_user_agent(activity: Activity, value: str) -> bool:
    return glob(value, activity.event.user_agent or "")


def _is_app(activity: Activity, value: str) -> bool:
    sign_in = activity.event.entra
    return sign_in is not None and (sign_in.app_id or "").casefold() == value.strip().casefold()


def _is_account(activity: Activity, value: str) -> bool:
    return (activity.event.account or "").casefold() == value.strip().casefold()


def _is_parent(activity: Activity, value: str) -> bool:
    process = activity.event.process
    return process is not None and process.parent_name is not None and _program(process.parent_name) == _program(value)


def _program(name: str) -> str:
    return name.strip().casefold().removesuffix(".exe")


def glob(pattern: str, text: str) -> bool:
    """Case-blind: without ``*`` a substring; with ``*`` the whole text, where ``*`` stands for anything. Linear in the text."""
    folded, wanted = text.casefold(), pattern.strip().casefold()
    if "*" not in wanted:
        return bool(wanted) and wanted in folded
    head, *middle, tail = wanted.split("*")
    if len(folded) < len(head) + len(tail) or not (folded.startswith(head) and folded.endswith(tail)):
        return False
    at, end = len(head), len(folded) - len(tail)
    for part in middle:
        found = folded.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
