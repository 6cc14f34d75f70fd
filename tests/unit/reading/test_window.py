"""Where the window on a text ends says nothing about its records: any division into chunks gives the same ones."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.model import RawRecord
from gatewatch.reading.files.buffer import Buffer
from gatewatch.reading.files.cutter import Cut, value_end
from gatewatch.reading.files.journal import FileReport
from gatewatch.reading.files.limits import FileLimits
from gatewatch.reading.files.lines import one_by_one
from gatewatch.reading.files.location import Location
from gatewatch.reading.files.values import JsonText
from gatewatch.reading.json_text import value_of

RECORD = {
    "text": 'x\u00e9\n"q\\ \U0001f600', "numbers": [0, -0, 12, -1.5e10, 0.25, -0.5e-3, 1e9], "words": [True, False, None],
    "empty": [{}, [], ""], "place": {"latitude": 40.4, "longitude": -3.7},
}  # fmt: skip
TEXTS = [json.dumps(RECORD), json.dumps(RECORD, ensure_ascii=False), json.dumps(RECORD).replace("0.25", "2.5E-1")]


@pytest.mark.parametrize("text", TEXTS, ids=["escaped", "plain", "exponent"])
def test_a_value_that_is_cut_anywhere_is_incomplete(text):
    whole = text.encode()

    assert [whole[:end] for end in range(1, len(whole)) if value_end(whole[:end], 0) is not Cut.INCOMPLETE] == []
    assert value_end(whole, 0) == len(whole)


LAYOUTS = {
    "lines": "\n".join([*TEXTS, *TEXTS]) + "\n",
    "behind one another": "".join(TEXTS),
    "a list": f"[{','.join(TEXTS)}]",
    "a page": json.dumps({"a": 1})[:-1] + f',"value":[{",".join(TEXTS)}],"n":-1.5}}',
    "spread over lines": "\n".join(json.dumps(json.loads(text), indent=1) for text in TEXTS),
}


def records(chunks: list[bytes]) -> list[object]:
    buffer = Buffer(iter(chunks))
    buffer.more()
    found = JsonText(buffer, FileLimits(), FileReport(name="x", formats=()), Location("x", None, None))
    return [value_of(item.data) if isinstance(item, RawRecord) else item.reason for item in one_by_one(found)]


@pytest.mark.parametrize("layout", LAYOUTS)
@given(data=st.data())
def test_any_division_into_chunks_gives_the_same_records(layout, data):
    text = LAYOUTS[layout].encode()
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text) - 1), max_size=6), label="cuts"))

    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert records(chunks) == records([text])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_single_cut_gives_the_same_records(layout):
    text = LAYOUTS[layout].encode()
    whole = records([text])

    assert "invalid_json" not in whole
    assert [cut for cut in range(1, len(text)) if records([text[:cut], text[cut:]]) != whole] == []
