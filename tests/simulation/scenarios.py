"""Lives of a tenant: how hard each is, by its seed alone."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from .graph import Manners
from .judge import Verdict, judged
from .stories import AT_RISK, COMPROMISED, START, Author, Story, audits, written
from .tenant import Life, Tenant
from .trouble import Odds, Outage

PARTS = ("store", "graph", "channel", "table", "queue", "store", "graph")
STORM = timedelta(days=2, hours=20)
"""After it all is well, so that everything that was shown late can be found, and everything that is pending can be sent."""
DAYS = 3.9
REFUSED: tuple[tuple[str, ...], ...] = ((), (), ("riskState",), ("lastUpdatedDateTime",), ("appId", "userPrincipalName"), ("errorCode",))
"""Filters that a tenant's Graph may refuse."""


def hard(seed: int, every: timedelta) -> Life:
    """Calls that fail and processes that die all the time, parts that are away for hours, two workers at once, a Graph of bad manners."""
    chance = random.Random(seed * 31 + 5)
    until = START + STORM
    outages = []
    for part in PARTS:
        start = START + timedelta(hours=chance.uniform(1, 60))
        outages.append(Outage(part, start, start + timedelta(hours=chance.choice((1, 3, 7)))))
    return Life(
        seed=seed,
        every=every,
        days=DAYS,
        odds=Odds(chance.choice((0.01, 0.03, 0.05)), chance.choice((0.001, 0.004, 0.008)), until),
        manners=Manners(
            chance.choice((20, 60, 1_000)),
            chance.choice((0.02, 0.1)),
            expires=0.05,
            odd_page=0.1,
            until=until,
            refuses=chance.choice(REFUSED),
        ),
        outages=tuple(outages),
        together=chance.choice((0.1, 0.5)),
    )


type Kinds = Callable[[str, timedelta], bool]


def every_kind(_kind: str, _late: timedelta) -> bool:
    """Nothing is left out."""
    return True


def outcome(seed: int, every: timedelta, kinds: Kinds = every_kind) -> tuple[Tenant, Verdict]:
    """One hard life from its beginning to the verdict."""
    return lived(written(seed, kinds), hard(seed, every))


def outcome_with_audits(seed: int, every: timedelta) -> tuple[Tenant, Verdict]:
    """The same with directory audits, which are a stream of their own."""
    return lived([*written(seed), *audits(seed)], hard(seed, every), further=("directory_audits",))


def lived(stories: list[Story], life: Life, **without: Any) -> tuple[Tenant, Verdict]:
    """One life from its beginning to the verdict."""
    tenant = Tenant(stories, life, **without)
    tenant.live()
    return tenant, judged(tenant)


def short(call: int = 0, *, after: bool = False, of: str = "") -> tuple[Tenant, Verdict]:
    """A few hours, calm but for the process that dies at this call (0: none does) of the world or of one name, before or after its effect."""
    author, soon, at = Author(call), timedelta(minutes=1), START + timedelta(minutes=5)
    author.sign_in("risky", soon, at=at, messages=1, **AT_RISK)
    author.sign_in("compromised", soon, at=at, messages=1, **COMPROMISED)
    author.sign_in("damaged", soon, at=at, messages=1, **AT_RISK, appDisplayName="<bad>")
    author.detection("detection", soon, at=at, messages=1)
    named = author.sign_in("named sign-in", soon, at=at)
    author.detection(
        "of a sign-in", soon, person=named.person, at=at, requestId=named.vendor_id, correlationId=named.record["correlationId"]
    )
    return lived(author.stories, Life(seed=1, every=timedelta(minutes=40), sweeps=timedelta(minutes=40), days=0.1, nth=(call, after, of)))
