"""Who is who: aliases, chains and cycles of them."""

import pytest

from gatewatch.model import Event
from gatewatch.model.tokens import person_token
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.people import canonical, person_of, spellings
from gatewatch.tuning import Tuning
from tests.builders.aws import login, saml
from tests.builders.common import ALICE
from tests.builders.endpoint import typed
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
    pytest.param(login(subject=AwsSubject.HIDDEN, person=None), {}, None, id="what-is-hidden-is-nobody"),
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
