"""Objects and lists as PowerShell writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.reading.fields import items, mapping
from gatewatch.reading.powershell import is_type_name, object_in

VALUES = st.dictionaries(
    st.from_regex(r"[A-Z][A-Za-z]{0,12}", fullmatch=True), st.from_regex(r"[A-Za-z0-9./: -]{0,20}", fullmatch=True), min_size=1, max_size=6
)


@pytest.mark.parametrize(
    "text",
    [
        "@{ErrorCode=0; FailureReason=; AdditionalDetails=None}",
        "class SignInStatus {\n  ErrorCode: 0\n  FailureReason: \n  AdditionalDetails: None\n}\n",
        "class SignInStatus {\r\n  ErrorCode: 0\r\n  FailureReason: \r\n  AdditionalDetails: None\r\n}",
    ],
)
def test_an_object_as_text(text):
    assert mapping(text) == {"ErrorCode": "0", "FailureReason": None, "AdditionalDetails": "None"}


@pytest.mark.parametrize(
    "text",
    [
        "@{ErrorCode=50126; FailureReason=x; ErrorCode=0}",
        "class X {\n ErrorCode: 50126\n errorcode: 0\n}",
        "@{}",
        "@{x}",
        "class X {}",
        "",
        "@{" + "A=1; " * 20_000,
    ],
    ids=lambda text: text[:20],
)
def test_text_that_cannot_be_told_is_no_object(text):
    assert object_in(text) is None
    assert mapping(text) == {}


def test_a_list_that_powershell_5_wrapped():
    assert items({"value": ["anonymizedIPAddress"], "Count": 1}) == ["anonymizedIPAddress"]
    assert items({"value": ["x"], "Count": 1, "more": 2}) == [{"value": ["x"], "Count": 1, "more": 2}]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("System.Object[]", True),
        ("Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInStatus", True),
        ("System.Collections.Generic.List`1[System.String]", True),
        ("System.Collections.Hashtable", True),
        ("anonymizedIPAddress", False),
        ("Success", False),
        ("System failure", False),
    ],
)
def test_names_of_types(text, is_one):
    assert is_type_name(text) is is_one


@given(VALUES)
def test_what_powershell_writes_is_read_back(values):
    folded = {name.casefold() for name in values}
    text = "@{" + "; ".join(f"{name}={value}" for name, value in values.items()) + "}"
    found = object_in(text)
    assert found == ({name: value.strip() or None for name, value in values.items()} if len(folded) == len(values) else None)
