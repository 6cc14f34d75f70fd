"""A value stays a value in every language, on one line that hides nothing."""

import ast
import json
import re
import shlex
import subprocess
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.pivots import Block, fill
from gatewatch.pivots.quoting import esql, kusto, shell, splunk
from scripts.local_cloud.node import MODULES, NodeMissing, install
from tests.unit.pivots.hostile import HOSTILE

KUSTO = """
const [, folder] = process.argv.slice(1);
require(folder + '/@kusto/language-service-next/bridge.min');
require(folder + '/@kusto/language-service-next/Kusto.Language.Bridge.min');
const length = (list) => list.Count ?? list.length;
const said = JSON.parse(require('fs').readFileSync(0, 'utf8')).map((literal) => {
  const code = Kusto.Language.KustoCode.Parse('print ' + literal);
  const found = [];
  const walk = (node) => {
    if (node.Kind === Kusto.Language.Syntax.SyntaxKind.StringLiteralExpression) found.push(node.LiteralValue);
    for (let i = 0; i < node.ChildCount; i++) { const child = node.GetChild(i); if (child && child.GetChild) walk(child); }
  };
  walk(code.Syntax);
  return [length(code.GetSyntaxDiagnostics()), found];
});
console.log(JSON.stringify(said));
"""


def visible(text: str) -> bool:
    return text.isprintable()


def seen(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")


def test_a_shell_reads_back_the_value():
    values = [value for value in HOSTILE if "\x00" not in value]
    script = "".join(f"printf '%s\\0' '{shell(value)}'\n" for value in values)

    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)

    assert done.stdout.decode("utf-8").split("\0")[:-1] == [seen(value) for value in values]


@given(st.text())
def test_no_language_shows_a_hidden_character(value):
    assert all(visible(write(value)) for write in (shell, kusto, esql, splunk))


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])).filter(str.isprintable))
def test_a_shell_without_ansi_quoting_reads_what_is_visible(value):
    assert shlex.split(f"'{shell(value)}'") == [value]


def test_microsofts_parser_reads_back_the_value():
    try:
        node = install()
    except NodeMissing as missing:
        pytest.skip(str(missing))
    values = [value for value in HOSTILE if value != "\ud800"]

    done = subprocess.run(
        [node, "-e", KUSTO, "-", str(MODULES)],
        input=json.dumps([kusto(value) for value in values]),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == [[0, [value]] for value in values]


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_splunk_gets_one_string(value):
    literal = splunk(value)

    if literal.startswith("urldecode"):
        assert unquote(ast.literal_eval(literal[len("urldecode(") : -1])) == seen(value)
    else:
        assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', literal)
        assert literal[1:-1].replace('\\"', '"').replace("\\\\", "\\") == value


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_a_request_is_one_command_whose_address_and_body_hold_the_value(value):
    text = 'POST https://graph.microsoft.com/v1.0/users/{user_id}?$filter=upn eq \'{user_id}\'&$top=5 {"userIds":["{user_id}"]}'

    filled = fill(Block(section="", title="", language="http", text=text), {"user_id": value})

    assert visible(filled.text)
    if not visible(value):
        return  # ANSI-C quoting, which the test of the shell reads
    words = shlex.split(filled.text)
    url, body = words[words.index("--url") + 1], words[words.index("--body") + 1]
    path, _, query = url.partition("?")
    assert unquote(path.rpartition("/")[2]) == value
    assert query.split("&")[1] == "$top=5"
    assert unquote(query.split("&")[0]) == f"$filter=upn eq '{value.replace("'", "''")}'"
    assert json.loads(body) == {"userIds": [value]}
