"""No name and no pattern of one installation matches another."""

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gatewatch.errors import ConfigError
from gatewatch.stores.elastic.names import Names

NAMESPACES = st.from_regex(r"[a-z0-9_]{1,64}", fullmatch=True)
DAYS = st.dates().map(str)


def concrete(names: Names, day: str) -> set[str]:
    """Every index, data stream and alias of an installation."""
    return {names.evidence, names.responses, names.alerts, names.alert_month(day), names.policy, names.familiarity}


def asked(names: Names) -> set[str]:
    """Everything that an installation asks a server for."""
    return concrete(names, "2026-11-28") | {names.alert_months}


@given(NAMESPACES, NAMESPACES, DAYS, st.booleans())
def test_nothing_of_one_installation_matches_another(one, other, day, prefix):
    other = (one + other)[:64] if prefix else other
    assume(one != other)
    hits = [(name, pattern) for name in concrete(Names(other), day) for pattern in asked(Names(one)) if fnmatchcase(name, pattern)]
    assert hits == []


@given(NAMESPACES, DAYS)
def test_a_month_of_alerts_is_one_of_its_own(namespace, day):
    names = Names(namespace)
    assert fnmatchcase(names.alert_month(day), names.alert_months)
    assert re.fullmatch(rf"gatewatch-alerts-{namespace}-\d{{4}}\.\d{{2}}", names.alert_month(day))


@pytest.mark.parametrize("text", ["", "a-b", "A", "a*", "a,b", "a.b", "a\n", "x" * 65], ids=repr)
def test_a_text_that_is_no_namespace(text):
    with pytest.raises(ConfigError, match="no namespace"):
        Names(text)


@pytest.mark.parametrize("kind", ["policy", "familiarity"])
def test_a_small_document_lies_in_the_index_of_its_kind(kind):
    assert Names("prod").state(kind) == f"gatewatch-{kind}-prod"
