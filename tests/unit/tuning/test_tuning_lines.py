"""Where a problem of a tuning file is: its line, its place, what is wrong and how to mend it."""

from functools import partial

import pytest

from gatewatch.providers.catalogue import BY_ID
from gatewatch.tuning import file

examine = partial(file.examine, rules=BY_ID)

LINES = """notify_from = "loud"
known_networks = [
  "everywhere",
]
[[allowlist]]
id = "al-1"
match = { principal = "x" }
rules = ["nothing"]
expires = 2027-01-01
reason = "r"
owner = "o"
# [[allowlist]]
[[allowlist]]
id = "al-2"
rules = "*"
expires = 2027-01-01
reason = "r"
owner = "o"
[allowlist.match]
cidr = "0.0.0.0/0"
"""


JSON_LINES = """{"notify_from": "loud",
"known_networks":
  ["everywhere"],
"allowlist": [
  {"id": "al-\\"}1", "match": {"principal": "x"},
   "rules": ["nothing"], "expires": "2027-01-01", "reason": "r", "owner": "o"},
  {"id": "al-2", "rules": "*", "expires": "2027-01-01", "reason": "r", "owner": "o",
   "match": {
     "cidr": "0.0.0.0/0"}}
]}
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(
            LINES, [("notify_from", 1), ("known_networks[0]", 2), ("allowlist[0].rules", 8), ("allowlist[1].match.cidr", 20)], id="TOML"
        ),
        pytest.param(
            JSON_LINES, [("notify_from", 1), ("known_networks[0]", 2), ("allowlist[0].rules", 6), ("allowlist[1].match.cidr", 9)], id="JSON"
        ),
    ],
)
def test_problems_carry_their_line(text, lines):
    assert [(problem.where, problem.line) for problem in examine(text).problems] == lines


PLACES = [
    pytest.param("[[allowlist]]\nid = 'a'\n", [("allowlist[0].rules", 1)], id="a missing key stands at its entry"),
    pytest.param("allowlist = [{id = 'a'}]\n", [("allowlist[0].rules", 1)], id="inline entries stand at the list"),
    pytest.param('"" = 1', [("", None)], id="a key without a name stands nowhere"),
    pytest.param('{"allow\\u006cist": [3]}', [("allowlist[0]", None)], id="an escaped key is not found"),
    pytest.param('{\n"allowlist": [3]}', [("allowlist[0]", 2)], id="no entry at all"),
    pytest.param('{"allowlist":\n [{}', [("", 2)], id="broken JSON names its own line"),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_a_line_is_told_where_it_can_be(text, expected):
    found = [(problem.where, problem.line) for problem in examine(text).problems]
    assert set(expected) <= set(found)


def test_a_problem_says_where_what_and_how():
    problem = examine('notify_from = "loud"', "tuning.toml").problems[0]
    assert str(problem) == "tuning.toml:line 1:notify_from: there is no such choice; use one of low, medium, high, critical"
