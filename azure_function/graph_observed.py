"""What the answers of Graph say of its state and of ours: refusals, throttling, clocks, levels that are hidden, fields of beta that are absent."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from msgspec import Raw

from .explanations import CODE, EXPIRED, NOT_PREMIUM
from .retry import http_date

_LICENCE = frozenset({NOT_PREMIUM})
_LEVEL = re.compile(rb'"riskLevelDuringSignIn"\s*:\s*"(\w+)"')
_NO_LEVEL = frozenset({b"none", b"unknownFutureValue"})
_ONLY_BETA = b'"authenticationRequirement"'


class GraphObserved:
    """Numbers by their names in ``azure_function.metrics``, since they were last taken."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._skew: float | None = None
        self._looked = False

    def answer(self, status: int, date: str, came: datetime) -> None:
        """Note an answer: its status, and the Date that it carries."""
        self._counts["throttled"] += status == HTTPStatus.TOO_MANY_REQUESTS
        said = http_date(date)
        if said is not None:
            self._skew = abs((came - said).total_seconds())

    def refused(self, status: int, code: str) -> None:
        """Note a refusal. A 403 means that a permission is missing, unless its code speaks of the licence."""
        self._counts["unauthorized"] += status == HTTPStatus.UNAUTHORIZED
        self._counts["forbidden"] += status == HTTPStatus.FORBIDDEN
        if status == HTTPStatus.FORBIDDEN and code not in _LICENCE:
            self._counts["permission_missing"] = 1

    def no_token(self, problem: str) -> None:
        """Note that Entra gave no token."""
        if not EXPIRED.isdisjoint(CODE.findall(problem)):
            self._counts["credential_expired"] = 1

    def sign_ins(self, records: Sequence[object], *, beta: bool) -> None:
        """Look at a page of sign-ins; only the first with records since the numbers were taken counts."""
        found = [bytes(record) for record in records if isinstance(record, Raw)]
        if self._looked or not found:
            return
        self._looked = True
        levels = [level[1] for level in map(_LEVEL.search, found) if level is not None and level[1] not in _NO_LEVEL]
        self._counts["levels"], self._counts["levels_hidden"] = len(levels), levels.count(b"hidden")
        self._counts["beta_missing"] = not (beta and any(_ONLY_BETA in record for record in found))

    def take(self) -> dict[str, float]:
        """The numbers, which begin anew."""
        counted = ("unauthorized", "forbidden", "permission_missing", "credential_expired", "throttled")
        seen = ("levels", "levels_hidden", "beta_missing") if self._looked else ()
        numbers: dict[str, float] = {name: self._counts[name] for name in (*counted, *seen)}
        if self._skew is not None:
            numbers["clock_skew_seconds"] = self._skew
        self._counts, self._skew, self._looked = Counter(), None, False
        return numbers
