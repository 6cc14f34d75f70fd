"""Objects that query engines and data frames print as text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewatch.reading.struct_text import looks_like_struct, struct_in
from tests.support.aws_forms import text_of_struct


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{a=1}", {"a": "1"}),
        ("{}", {}),
        ("{a=, b=null, c=NULL}", {"a": "", "b": None, "c": None}),
        ("{a={b=1, c={d=2}}, e=3}", {"a": {"b": "1", "c": {"d": "2"}}, "e": "3"}),
        ("{a=[{b=1}, {b=2}], c=[x, y], d=[]}", {"a": [{"b": "1"}, {"b": "2"}], "c": ["x", "y"], "d": []}),
        ("{url=https://x.example/a?b=c&d=e, n=1}", {"url": "https://x.example/a?b=c&d=e", "n": "1"}),
        ("{name=a, b, c}", {"name": "a, b, c"}),
        ("{arn=arn:aws:sts::1:assumed-role/R/a,b=c}", {"arn": "arn:aws:sts::1:assumed-role/R/a,b=c"}),
        ("{identitystore:UserId=u}", {"identitystore:UserId": "u"}),
        ("{'a': 'x', 'b': None, 'c': {'d': True}}", {"a": "x", "b": None, "c": {"d": True}}),
        ("{'a': \"it's\"}", {"a": "it's"}),
    ],
)
def test_what_can_be_read(text, found):
    assert looks_like_struct(text)
    assert struct_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "{a=1",
        "{a=1}}",
        "{a=1, a=2}",
        "{a=1, A=2}",
        "{a={b}",
        "{a=x{y}",
        "{a=x}y, b=1}",
        "{1, 2}",
        "{a=[1, 2}",
        "{'a': 1",
        "{1: 2}",
        "[a=1]",
        "",
        "{" + "a={" * 40 + "}" * 41,
        "{'a': " * 400 + "1" + "}" * 400,
        "{a=" + "x" * 70_000 + "}",
    ],
)
def test_what_is_cut_or_ambiguous_is_not_read(text):
    assert struct_in(text) is None


@pytest.mark.parametrize("value", ['{"a": 1}', "x", "", None, 3, {}, "{", "{ }", "[{a=1}]"])
def test_json_and_other_values_are_no_struct(value):
    assert not looks_like_struct(value)


VALUES = st.text(st.characters(codec="ascii", exclude_characters="{}[],=\x00", categories=("L", "N", "P", "S")), min_size=1).filter(
    lambda text: text.casefold() != "null" and not (len(text) > 1 and text[0] == text[-1] == "'")  # quoted text is read without its quotes
)
OBJECTS = st.recursive(
    VALUES | st.none(), lambda inner: st.dictionaries(st.from_regex(r"\A[a-z]{1,8}\Z"), inner, min_size=1, max_size=4), max_leaves=12
)


@settings(deadline=None, max_examples=30)
@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,8}\Z"), OBJECTS, min_size=1, max_size=5))
def test_a_printed_object_reads_back(value):
    assert struct_in(text_of_struct(value)) == value
    assert struct_in(str(value)) == value


@settings(deadline=None)
@given(st.text(st.sampled_from("{}[]=, ab'\":\\1"), max_size=60))
def test_any_text_gives_an_object_or_nothing(text):
    found = struct_in(text)

    assert found is None or isinstance(found, dict)
