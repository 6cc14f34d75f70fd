"""Person keys."""

import pytest

from gatewatch.providers.identity import person_key


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Alice@Contoso.com", "alice@contoso.com"),
        (" alice@contoso.com ", "alice@contoso.com"),
        ("bob_partner.com#EXT#@contoso.onmicrosoft.com", "bob@partner.com"),
        ("first_last_partner.com#ext#@contoso.onmicrosoft.com", "first_last@partner.com"),
        ("bob@partner.com#EXT#@contoso.onmicrosoft.com", "bob@partner.com"),
        ("guest#EXT#@contoso.onmicrosoft.com", "guest"),
        ("live.com#bob@outlook.com", "bob@outlook.com"),
        ("Jose\u0301@contoso.com", "jos\u00e9@contoso.com"),
        ("STRASSE@contoso.com", "strasse@contoso.com"),
        ("anaya", "anaya"),
        ("", None),
        (None, None),
    ],
)
def test_person_keys(name, person):
    assert person_key(name) == person


@pytest.mark.parametrize(
    "other",
    ["alice\u200b@contoso.com", "\u0430lice@contoso.com", "\uff21lice@contoso.com", "alice@c\u03bfntoso.com", "alice\x00@contoso.com"],
)
def test_lookalikes_stay_other_people(other):
    assert person_key(other) != "alice@contoso.com"
