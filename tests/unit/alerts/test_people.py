"""Who is who: aliases, chains and cycles of them, and whose MFA a federated login borrows."""

from typing import Any

import pytest

from gatewatch.model import Event, Fact, Outcome, Subject
from gatewatch.model.tokens import person_token
from gatewatch.providers.cross.mfa_verdict import with_verdicts
from gatewatch.providers.people import canonical, person_of, spellings
from gatewatch.tuning import Tuning
from tests.builders.aws import login, saml
from tests.builders.common import ALICE, activity, minutes, with_detail
from tests.builders.endpoint import typed
from tests.builders.entra import detection, sign_in
from tests.support.alert_story import Story

CHAIN = {f"p{n}": f"p{n + 1}" for n in range(10)}
ALIASES = [
    pytest.param("alice", {}, "alice", id="nobody-else"),
    pytest.param("alice", {"alice": ALICE}, ALICE, id="alias"),
    pytest.param("alice", {"ALICE": "Alice@Contoso.example"}, ALICE, id="case-does-not-count"),
    pytest.param("alice", {"alice": "al", "al": ALICE}, ALICE, id="chain"),
    pytest.param("p2", CHAIN, "p10", id="a-chain-of-eight"),
    pytest.param("p1", CHAIN, "p9", id="a-longer-one-is-a-mistake-and-ends"),
    pytest.param("a", {"a": "a"}, "a", id="itself"),
    pytest.param("a", {"a": "b", "b": "a"}, "b", id="a-cycle-ends"),
    pytest.param("s", {"s": "a", "a": "b", "b": "c", "c": "a"}, "c", id="a-cycle-further-on-ends-where-it-closes"),
]


@pytest.mark.parametrize(("person", "aliases", "expected"), ALIASES)
def test_who_a_key_stands_for(person: str, aliases: dict[str, str], expected: str) -> None:
    assert canonical(person, Tuning(aliases=aliases)) == expected


PEOPLE = [
    pytest.param(login(), {}, "alice", id="as-the-record-says"),
    pytest.param(login(), {"alice": ALICE}, ALICE, id="by-alias"),
    pytest.param(login(subject=Subject.HIDDEN, person=None), {}, None, id="what-is-hidden-is-nobody"),
    pytest.param(login(person=None), {"alice": ALICE}, None, id="names-of-a-login-are-no-person"),
    pytest.param(typed(0), {}, ALICE, id="an-endpoints-person"),
    pytest.param(typed(0, person=None, names=("Alice",)), {"alice": ALICE}, ALICE, id="a-bare-name-by-alias"),
    pytest.param(typed(0, person=None, names=("root", "Alice")), {"alice": "al", "al": ALICE}, ALICE, id="the-first-name-with-an-alias"),
    pytest.param(typed(0, person=None, names=("alice",)), {}, None, id="a-bare-name-is-nobody"),
    pytest.param(typed(0, person=None, names=("bob",)), {"alice": ALICE}, None, id="of-somebody-else"),
]


@pytest.mark.parametrize(("event", "aliases", "person"), PEOPLE)
def test_whose_event_it_is(event: Event, aliases: dict[str, str], person: str | None) -> None:
    assert person_of(event, Tuning(aliases=aliases)) == person


@pytest.mark.parametrize("key", ["alice", "al", ALICE])
def test_all_spellings_are_found_from_any(key: str) -> None:
    tuning = Tuning(aliases={"Alice": "al", "al": ALICE, "bob": "bobby"})
    assert spellings(key, tuning) == {person_token(p) for p in ("alice", "al", ALICE)}


def test_a_person_without_aliases_has_one_spelling() -> None:
    assert spellings("kim", Tuning(aliases={"alice": ALICE})) == {person_token("kim")}


def test_a_bare_os_user_pairs_by_alias() -> None:
    story = Story(aliases={"alice": ALICE}).comes(typed(0, person=None, names=("alice",))).comes(saml(5))
    assert [alert.rule for alert in story.alerts()][-1] == "xcloud_endpoint_then_cloud"


# --- the MFA of a federated login


def entra(request: str, at_minutes: float, mfa: Fact, *, app: str | None = "portal", **changes: Any) -> Event:
    fields = {"correlation": None, "level_during": None, "app_id": app, "mfa": mfa, "person": ALICE}
    return sign_in(request, at=minutes(at_minutes), **{**fields, **changes})


def verdict(logged_in: Event, *others: Event, **tuning: Any) -> tuple[Fact | None, str | None]:
    happened = [activity(event) for event in (*others, logged_in)]
    told = {
        (a.mfa_verdict, a.mfa_source)
        for given in (happened, happened[::-1])
        for a in with_verdicts(given, Tuning(**tuning))
        if a.id == logged_in.vendor_id
    }
    assert len(told) == 1
    return told.pop()


YES, NO, DUNNO = Fact.PRESENT, Fact.ABSENT, Fact.UNKNOWN
SOURCES = [
    pytest.param([entra("R-1", 0, YES)], "entra|r-1", id="the-only-one"),
    pytest.param([entra("R-1", -9, YES), entra("R-2", -5, YES)], "entra|r-2", id="the-nearest"),
    pytest.param([entra("R-1", -4, YES), entra("R-2", 5, YES)], "entra|r-1", id="the-nearest-on-either-side"),
    pytest.param([entra("R-2", -5, YES), entra("R-1", 5, YES)], "entra|r-1", id="then-the-smallest-id"),
    pytest.param([entra("R-1", -9, YES), entra("R-2", -5, DUNNO)], "entra|r-1", id="one-that-knows-before-a-nearer-one"),
    pytest.param([entra("R-1", -9, DUNNO, app="aws"), entra("R-2", -5, NO)], "entra|r-1", id="the-one-to-aws-before-one-that-knows"),
    pytest.param([entra("R-1", -9, YES, app=None), entra("R-2", -5, YES, app=None)], "entra|r-2", id="no-application-is-not-aws"),
    pytest.param([entra("R-1", 0, YES, outcome=Outcome.FAILURE)], None, id="not-one-that-failed"),
    pytest.param([entra("R-1", 0, YES, person="bob@contoso.example")], None, id="not-anothers"),
    pytest.param([entra("R-1", 0, YES, person=None)], None, id="not-nobodys"),
    pytest.param([detection(1, person=ALICE, outcome=Outcome.SUCCESS)], None, id="not-a-detection"),
    pytest.param([saml(0, number=2)], None, id="not-another-login"),
    pytest.param([entra("R-1", 0, YES, app=None, synthetic=True)], None, id="not-one-that-nobody-has-seen"),
]


@pytest.mark.parametrize(("others", "source"), SOURCES)
def test_which_sign_in_tells(others: list[Event], source: str | None) -> None:
    assert verdict(saml(0), *others, aws_app_ids=("AWS",))[1] == source


LOGINS = [
    pytest.param({}, YES, id="saml"),
    pytest.param({"subject": Subject.IDENTITY_CENTER_ROLE}, YES, id="identity-center"),
    pytest.param({"subject": Subject.IAM_USER}, None, id="a-user-has-its-own-mfa"),
    pytest.param({"subject": Subject.ASSUMED_ROLE}, None, id="so-has-any-other-role"),
    pytest.param({"outcome": Outcome.FAILURE}, None, id="a-failure-has-none"),
    pytest.param({"event_name": "SwitchRole"}, None, id="not-a-console-login"),
    pytest.param({"person": None}, DUNNO, id="a-login-of-nobody"),
]


@pytest.mark.parametrize(("changes", "mfa"), LOGINS)
def test_which_logins_have_a_verdict(changes: dict[str, Any], mfa: Fact | None) -> None:
    nobodys = entra("R-2", 0, NO, person=None)
    assert verdict(saml(0, **changes), entra("R-1", 0, YES), nobodys)[0] is mfa


def test_what_says_nothing_of_a_login_has_no_verdict() -> None:
    assert verdict(with_detail(saml(0), None), entra("R-1", 0, YES)) == (None, None)
