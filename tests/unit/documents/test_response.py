"""Response documents: what an auditor finds them by, and whose word the author is."""

import json
from typing import Any

import msgspec
import pytest

from gatewatch.documents.fields import FIELDS, mappings, of
from gatewatch.documents.response import response_document, response_from_document
from gatewatch.model import Response, ResponseKind
from gatewatch.providers.ecs import leaves
from tests.builders.alerts import alert, key
from tests.builders.common import HOSTILE, NOON
from tests.builders.responses import close, respond


def document(response: Response, **own: Any) -> dict[str, Any]:
    """As the index gives it back, with what a server wrote under ``gatewatch``."""
    found = json.loads(json.dumps(response_document(response, ingested=NOON)))
    found["gatewatch"] |= own
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_reads_back_equal(text: str) -> None:
    response = close(alert(key(text)), by=text, reason=text)
    assert response_from_document(document(response), verified=True) == response


def test_every_field_is_in_its_table_and_nothing_else_is_indexed() -> None:
    table = {field.name for field in of("response")}
    opaque = {field.name for field in of("response") if field.type == "object"}
    assert {name for name, _ in leaves(document(close()), opaque)} - table == set()
    assert mappings("response")["dynamic"] is False


def test_a_field_that_other_documents_have_has_the_same_type() -> None:
    types = {field.name: field.type for field in FIELDS}
    assert [field.name for field in of("response") if types.get(field.name, field.type) != field.type] == []


API_KEY = {"username": "elastic", "authentication_type": "API_KEY", "api_key": {"name": "soc", "id": "1"}}
AUTHORS = [
    pytest.param({"username": "dana", "authentication_type": "REALM"}, "dana", id="a user"),
    pytest.param(API_KEY, "elastic/soc", id="an API key is named with its owner"),
    pytest.param(API_KEY | {"api_key": {"id": "1"}}, "elastic/1", id="an API key without a name"),
    pytest.param(API_KEY | {"authentication_type": "REALM"}, "elastic", id="a key that was sent along by a user"),
    pytest.param({}, None, id="nothing"),
    pytest.param("root", None, id="text"),
    pytest.param(None, None, id="none"),
]


@pytest.mark.parametrize(("written", "author"), AUTHORS)
def test_the_author_is_what_the_server_wrote(written: Any, author: str | None) -> None:
    response = close(author="forged")
    assert response_from_document(document(response, author=written), verified=True).author == author
    assert response_from_document(document(response, author=written), verified=False).author is None


def test_a_document_never_holds_the_author_that_was_given() -> None:
    assert "forged" not in json.dumps(document(close(author="forged")))


@pytest.mark.parametrize("change", [{"reason": "other"}, {"id": "0" * 64}, {"kind": "reopen"}], ids=str)
def test_what_was_changed_after_it_was_sent_is_no_response(change: dict[str, str]) -> None:
    changed = document(close())
    changed["gatewatch"]["response"]["record"] |= change
    with pytest.raises(msgspec.ValidationError):
        response_from_document(changed, verified=True)


@pytest.mark.parametrize("broken", [{}, {"gatewatch": 1}, {"gatewatch": {"response": "x"}}, {"gatewatch": {"response": {}}}], ids=str)
def test_anything_else_is_no_response(broken: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        response_from_document(broken, verified=True)


def test_what_it_is_searched_by() -> None:
    found = document(respond(ResponseKind.COMMENT, reason="asked Bob"))
    assert (found["event"]["action"], found["event"]["reason"], found["gatewatch"]["response"]["claimed_by"]) == (
        "comment",
        "asked Bob",
        "dana",
    )
    assert (found["data_stream"]["dataset"], found["gatewatch"]["alert_id"]) == ("gatewatch.response", alert().id)
