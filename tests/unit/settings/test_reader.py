"""The reader of settings: typed values, all problems at once, secrets unseen."""

from typing import Any

import pytest

from gatewatch.errors import ConfigError, StoreUnavailable
from gatewatch.settings import Configuration, Host, Secret, SecretField, SettingProblem, Values, optional, read, required, setting
from gatewatch.settings.kinds import HTTPS, TEXT, URL, matching, one_of, seconds, some_of, whole

PLACE = required("PLACE", URL, "where it is")
SIZE = setting("SIZE", whole(1, 10), 5, "how large")
WORDS = setting("WORDS", some_of("a", "b"), ("a",), "which")
KEY = SecretField(name="KEY", reference="KEY_ARN", kind=TEXT, help="the key")
HOST = Host(name="cloud", reference=matching(r"arn:\S+", "an ARN"), unresolved=lambda text: "is unresolved" if text == "@" else None)


def test_values_are_typed_and_defaults_stand_in():
    values = read((PLACE, SIZE, WORDS), {"PLACE": " https://x.example/ ", "SIZE": "7"})
    assert (values[PLACE], values[SIZE], values[WORDS]) == ("https://x.example", 7, ("a",))
    assert (values.given(SIZE), values.given(WORDS), values.reads(KEY)) == (True, False, False)


def test_all_problems_are_reported_together_and_no_value_is_quoted():
    def too_large(values: Values) -> list[SettingProblem]:
        return [SettingProblem(SIZE, "is too large for WORDS")] if values.given(WORDS) else []

    with pytest.raises(ConfigError) as raised:
        read((PLACE, SIZE, WORDS), {"SIZE": "eleven", "WORDS": "secret-word"}, checks=(too_large,))
    assert raised.value.problems == (
        "PLACE is not set: where it is",
        "SIZE must be a number from 1 to 10",
        "WORDS must be a comma-separated list of a, b",
        "SIZE is too large for WORDS",
    )


def test_a_host_that_resolves_secrets_is_given_references():
    values = read((KEY,), {"KEY": "hush", "KEY_ARN": "arn:key"}, host=HOST)
    assert values[KEY]() == "arn:key"
    with pytest.raises(ConfigError, match=r"^KEY_ARN must be an ARN$"):
        read((KEY,), {"KEY_ARN": "hush"}, host=HOST)


def test_a_host_says_how_to_mend_what_it_could_not_resolve():
    with pytest.raises(ConfigError, match=r"^PLACE is unresolved$"):
        read((PLACE,), {"PLACE": "@"}, host=HOST)


def test_a_tolerated_problem_raises_nothing_and_is_told():
    values = read((PLACE, SIZE, KEY), {"PLACE": "https://x.example", "SIZE": "eleven", "KEY_ARN": "@"}, host=HOST, tolerated=(SIZE, KEY))
    assert (values[SIZE], values[KEY], values.given(SIZE), values.given(KEY)) == (5, Secret(), True, True)
    assert [values.problem(one) for one in (PLACE, SIZE, KEY)] == ["", "SIZE must be a number from 1 to 10", "KEY_ARN is unresolved"]
    assert Configuration(values).problem(KEY) == "KEY_ARN is unresolved"


def test_a_tolerated_problem_is_named_beside_those_that_raise():
    with pytest.raises(ConfigError) as raised:
        read((PLACE, SIZE), {"SIZE": "eleven"}, tolerated=(SIZE,))
    assert raised.value.problems == ("PLACE is not set: where it is", "SIZE must be a number from 1 to 10")


def test_no_secret_is_shown():
    values = read((KEY,), {"KEY": "hush"})
    assert "hush" not in f"{values!r} {Configuration(values)!r} {values[KEY]!r} {values[KEY]}"


def test_a_secret_has_a_source_that_the_host_makes():
    values = read((KEY,), {"KEY": "hush"})
    assert Configuration(values).secret(KEY, StoreUnavailable)() == "hush"
    assert Configuration(values, lambda secret, error: lambda: f"{secret()} {error.__name__}").secret(KEY, StoreUnavailable)() == (
        "hush StoreUnavailable"
    )


def test_what_is_not_set_is_no_secret():
    assert not read((KEY,), {})[KEY]
    assert repr(Secret()) == "Secret()"


def test_a_blank_text_is_no_value():
    assert read((optional("TEXT", TEXT, "text"),), {"TEXT": "  "})[optional("TEXT", TEXT, "text")] is None


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        pytest.param(URL, "http://127.0.0.1:9200", "http://127.0.0.1:9200", id="loopback needs no TLS"),
        pytest.param(HTTPS, "https://x.example/a/", "https://x.example/a/", id="a link stays as it is"),
        pytest.param(seconds(60), "1.5", 1.5, id="seconds"),
        pytest.param(some_of("a", "b"), " b, a,b", ("b", "a"), id="each word once, in the given order"),
    ],
)
def test_forms_that_are_taken(kind: Any, text: str, value: object):
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param(URL, "http://x.example", id="plain http"),
        pytest.param(URL, "https://user:pw@x.example", id="credentials in an address"),
        pytest.param(URL, "https://", id="no host"),
        pytest.param(HTTPS, "javascript:alert(1)", id="no link"),
        pytest.param(seconds(60), "nan", id="NaN"),
        pytest.param(whole(0, 9), "10", id="too many"),
        pytest.param(whole(0, 9), "1.5", id="no whole number"),
        pytest.param(one_of("a"), "b", id="another word"),
        pytest.param(some_of("a"), ",", id="no word"),
    ],
)
def test_forms_that_are_refused(kind: Any, text: str):
    with pytest.raises(ValueError, match=r"^$"):
        kind.parse(text)
