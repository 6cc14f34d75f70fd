"""An answer that says that there is more is noted, wherever it says so; one that only holds such a word within a record is not."""

import io
import json
from typing import Any

import pytest

from gatewatch.reading.files import FileLimits, Journal, read

CALL = {"eventSource": "s3.amazonaws.com", "requestParameters": {"nextToken": "abc"}, "resources": [1]}
HITS = {"took": 1, "timed_out": False, "_shards": {"total": 1, "failed": 0}}
ONE_HIT = [{"_index": "logs", "_source": CALL}]

ANSWERS: dict[str, tuple[object, bool]] = {
    "Graph, link behind": ({"value": [CALL], "@odata.nextLink": "https://graph.microsoft.com/v1.0/x?$skiptoken=" + 5_000 * "a"}, True),
    "Graph, link before": ({"@odata.context": "c", "@odata.nextLink": "https://graph.microsoft.com/v1.0/x", "value": [CALL]}, True),
    "Graph, last page": ({"@odata.context": "c", "value": [CALL]}, False),
    "lookup-events": ({"Events": [CALL], "NextToken": "t"}, True),
    "lookup-events, last page": ({"Events": [CALL], "NextToken": None}, False),
    "CloudWatch Logs": ({"events": [{"message": "x"}], "searchedLogStreams": [], "nextToken": "t"}, True),
    "token within the last record": ({"Records": [CALL, {"a": [1], "nextToken": "x"}]}, False),
    "a call with a token": (CALL, False),
    "first hits": ({**HITS, "hits": {"total": {"value": 3, "relation": "eq"}, "max_score": 1, "hits": ONE_HIT}}, True),
    "first hits, older form": ({**HITS, "hits": {"total": 3, "hits": ONE_HIT}}, True),
    "all hits": ({**HITS, "hits": {"total": {"value": 1, "relation": "eq"}, "max_score": 1, "hits": ONE_HIT}}, False),
    "a list": ([{"nextToken": "x"}], False),
}


def notes(body: bytes, limits: FileLimits) -> tuple[str, ...]:
    journal = Journal()
    assert list(read(["-"], stdin=io.BytesIO(body), journal=journal, limits=limits))
    return journal.files[0].notes


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_goes_on_is_noted(name: str, indent: int | None, end: bytes) -> None:
    answer, said = ANSWERS[name]
    assert notes(json.dumps(answer, indent=indent).encode() + end, FileLimits()) == (("more_pages",) if said else ())


@pytest.mark.parametrize("name", [name for name in ANSWERS if name.startswith(("Graph", "lookup"))])
def test_one_that_is_too_long_to_be_in_memory_is_noted_as_well(name: str) -> None:
    answer: Any = ANSWERS[name][0]
    many = {key: value * 2_000 if isinstance(value, list) else value for key, value in answer.items()}
    assert notes(json.dumps(many).encode(), FileLimits(window=20_000)) == (("more_pages",) if ANSWERS[name][1] else ())
