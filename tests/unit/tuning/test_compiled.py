"""The compiled tuning answers as a plain reading of its lists does, whatever the lists say."""

import ipaddress
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.model import Severity, severity_of
from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.entra.samples import sign_in
from gatewatch.providers.people import canonical, spellings
from gatewatch.providers.phrases import identifiers
from gatewatch.providers.samples import NOON
from gatewatch.scoring.suppression import Case, glob, suppressing_entry
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning, fold
from tests.builders.common import detail

law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # what a busy machine does is no finding

# Few names in several spellings, so that lists and events meet.
NAMES = st.sampled_from(
    ["anaya", " Anaya ", "ANAYA", "alice@contoso.com", "Alice@Contoso.com", "bob", "b\u00f6b", "bo\u0308b", "", " ", "x"]
)
LISTED = st.lists(NAMES, max_size=5).map(tuple)
ALIASES = st.dictionaries(NAMES, NAMES, max_size=8) | st.just({f"n{step}": f"n{step + 1}" for step in range(12)})
ADDRESSES = st.sampled_from([None, "", "198.51.100.23", "198.51.100.24", "10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3", "AWS Internal"])
CIDRS = st.sampled_from(
    ["198.51.100.0/24", " 198.51.100.23/32", "198.51.100.9/31", "10.0.0.0/8", "2001:db8::/32", "::/0", "0.0.0.0/0", "office", ""]
)
ACCOUNTS = st.sampled_from([None, "", "111122223333", "Tenant", " tenant "])
APPS = st.sampled_from([None, "", "app-1", " APP-1", "app-2"])
AGENTS = st.sampled_from([None, "", "aws-cli/2.32.0", "Mozilla/5.0"])
PARENTS = st.sampled_from([None, "", "jenkins", "Jenkins.exe", ".exe"])
SHARED = {"ip": ADDRESSES, "account": ACCOUNTS, "user_agent": AGENTS, "asn": st.sampled_from([None, 64500, 64501]), "names": LISTED}
ACTIVITIES = st.one_of(
    st.builds(console_login, **SHARED), st.builds(sign_in, app_id=APPS, **SHARED), st.builds(process, parent_name=PARENTS, **SHARED)
)
MATCHES = st.builds(
    AllowlistMatch,
    principal=st.none() | NAMES,
    cidr=st.none() | CIDRS,
    asn=st.sampled_from([None, None, 64500, 64501]),
    user_agent=st.sampled_from([None, None, "aws-cli", "mozilla/*", "*"]),
    app_id=APPS,
    account=ACCOUNTS,
    parent_process=PARENTS,
) | st.one_of(
    st.builds(AllowlistMatch, principal=NAMES),
    st.builds(AllowlistMatch, cidr=CIDRS),
    st.builds(AllowlistMatch, user_agent=st.sampled_from(["aws-cli", "mozilla/*"])),
)
RULES = st.sampled_from([("a",), ("a", "b"), ("*",)])


def numbered(pairs):
    return tuple(
        AllowlistEntry(id=f"al-{n}", match=match, rules=rules, expires=NOON + timedelta(days=days), reason="x", owner="x")
        for n, (match, rules, days) in enumerate(pairs)
    )


ALLOWLISTS = st.lists(st.tuples(MATCHES, RULES, st.sampled_from([-1, 1, 1])), max_size=8).map(numbered)


def plainly_inside(ip, cidr):
    try:
        return ipaddress.ip_address(ip or "") in ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return False


def plain_canonical(person, aliases):
    seen = {person}
    for _ in range(8):
        target = aliases.get(person)
        if target is None or target in seen:
            return person
        seen.add(target)
        person = target
    return person


def plainly_matches(match, activity):
    event = activity.event

    def same(value, has):
        return has is not None and has.casefold() == value.strip().casefold()

    def program(name):
        return name.strip().casefold().removesuffix(".exe")

    parent = getattr(detail(event), "parent_name", None)
    tests = {
        "principal": lambda value: fold(value) in {fold(name) for name in identifiers(event)},
        "cidr": lambda value: plainly_inside(event.place.ip, value),
        "asn": lambda value: event.place.asn == value,
        "user_agent": lambda value: glob(value, event.user_agent or ""),
        "app_id": lambda value: same(value, (detail(event).app_id or "") if event.kind == "graph.signIn" else None),
        "account": lambda value: same(value, event.account or ""),
        "parent_process": lambda value: parent is not None and program(parent) == program(value),
    }
    wanted = {name: value for name in tests if (value := getattr(match, name)) is not None}
    return bool(wanted) and all(tests[name](value) for name, value in wanted.items())


def plainly_lists(rules, case):
    return set(case.rules) <= set(rules) or (rules == ("*",) and severity_of(case.score) < Severity.CRITICAL)


@law
@given(LISTED, LISTED)
def test_principal_lists(listed, names):
    expected = not {fold(name) for name in listed}.isdisjoint(fold(name) for name in names)
    assert Tuning(break_glass=listed).is_break_glass(names) is expected
    assert Tuning(privileged_principals=listed).is_privileged(names) is expected


@law
@given(ALIASES, NAMES.map(fold) | st.sampled_from([f"n{step}" for step in range(13)]))
def test_aliases(written, person):
    tuning, aliases = Tuning(aliases=written), {fold(name): fold(target) for name, target in written.items()}
    target = plain_canonical(person, aliases)
    assert canonical(person, tuning) == target
    same = {key for key in {target, *aliases} if plain_canonical(key, aliases) == plain_canonical(person, aliases)}
    assert spellings(person, tuning) == {f"person:{key}" for key in same}


@law
@given(st.lists(CIDRS, max_size=6).map(tuple), ADDRESSES)
def test_known_networks(cidrs, ip):
    assert (ip in Tuning(known_networks=cidrs).networks) is any(plainly_inside(ip, cidr) for cidr in cidrs)


@law
@given(ALLOWLISTS, st.lists(ACTIVITIES, min_size=1, max_size=2).map(tuple), st.sampled_from([("a",), ("a", "b"), ("b",)]))
def test_the_first_entry_of_the_allowlist_that_holds(entries, activities, rules):
    case = Case(activities=activities, rules=rules, score=40)
    holding = (
        entry.id
        for entry in entries
        if entry.expires > NOON and plainly_lists(entry.rules, case) and all(plainly_matches(entry.match, side) for side in activities)
    )
    assert suppressing_entry(case, Tuning(allowlist=entries)) == next(holding, None)


@pytest.mark.parametrize(
    "own",
    [
        pytest.param(lambda n: {"cidr": f"10.0.{n}.0/24"}, id="network"),
        pytest.param(lambda n: {"principal": f"svc-{n}"}, id="principal"),
        pytest.param(lambda n: {"app_id": f"svc-{n}"}, id="application"),
    ],
)
def test_an_event_is_compared_with_few_of_many_entries(own):
    """All entries name the same account: it alone would leave every entry to compare."""
    entries = numbered((AllowlistMatch(account="111122223333", **own(n)), ("*",), 1) for n in range(200))
    sides = [([("account", "111122223333"), ("principal", "svc-7"), ("app_id", "svc-7")], "10.0.7.9")]
    assert [entry.id for entry in Tuning(allowlist=entries).exceptions.candidates(sides)] == ["al-7"]


def test_what_is_compiled_belongs_to_one_tuning():
    """It is made once, it is no part of the record, and a changed copy has its own."""
    tuning = Tuning(break_glass=("anaya",), known_networks=("10.0.0.0/8",))
    assert tuning.networks is tuning.networks
    assert tuning.is_break_glass(["Anaya"])
    other = msgspec.structs.replace(tuning, break_glass=("bob",))
    assert not other.is_break_glass(["anaya"])
    assert tuning == Tuning(break_glass=("anaya",), known_networks=("10.0.0.0/8",))
    assert msgspec.convert(msgspec.to_builtins(tuning), Tuning) == tuning
