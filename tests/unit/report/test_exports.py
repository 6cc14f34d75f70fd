"""A report for machines: CSV, JSON lines and OCSF."""

import csv
import io
import json
from functools import cache

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

HOSTILE = [
    pytest.param("=cmd|' /C calc'!A0", id="a formula"),
    pytest.param("@SUM(1+1)", id="another sign of a formula"),
    pytest.param("\tx", id="a tab"),
    pytest.param('x;=HYPERLINK("//a")', id="a formula after another locale's separator"),
    pytest.param("  =1+1", id="a formula after blanks"),
    pytest.param("\uff1d1+1", id="a formula in full width"),
    pytest.param("</script><script>alert(1)</script>", id="the end of a script"),
    pytest.param("<!--<script>", id="a comment that opens a script"),
    pytest.param("a\u2028b\u2029c", id="separators of lines"),
    pytest.param("a\r\nb", id="a line's end"),
    pytest.param("\u202eevil\u202c", id="bidirectional"),
    pytest.param("`id` $(id) ${id}", id="shell"),
    pytest.param('"><img src=x onerror=alert(1)>', id="an attribute's end"),
    pytest.param("{{ 7*7 }}{% raw %}", id="a template"),
]


@pytest.fixture
def hostile(examples, tmp_path):
    """Makes the demo's records with this name, agent and account name in them."""

    def make(value: str):
        lines = [json.loads(line) for line in (examples / "records.jsonl").read_text("utf-8").splitlines()]
        for line in lines:
            detail = line.get("detail", line)
            if "userIdentity" in detail:
                detail["userAgent"] = value
                if "userName" in detail["userIdentity"]:
                    detail["userIdentity"]["userName"] = value
            if "userPrincipalName" in detail:
                detail["userDisplayName"] = detail["appDisplayName"] = value
        file = tmp_path / "hostile.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return file

    return make


@cache
def validator() -> Draft202012Validator:
    """OCSF's own schema of a Detection Finding, version 1.5.0."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0")).get_class_schema("detection_finding")
    return Draft202012Validator(schema)


def test_findings_are_what_ocsf_says(report, filled):
    found = [json.loads(line) for line in report("--store", filled, "--format", "ocsf").splitlines()]

    assert len(found) == 4
    assert [[*error.path, error.message] for one in found for error in validator().iter_errors(one)] == []
    assert {one["type_uid"] for one in found} == {200401}


def test_the_schema_refuses_what_is_none():
    assert list(validator().iter_errors({"class_uid": 2004}))


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_stay_values(report, hostile, value):
    file = hostile(value)

    page = report(file)
    table = list(csv.reader(io.StringIO(report(file, "--format", "csv"))))
    findings = [json.loads(line) for line in report(file, "--format", "ocsf").splitlines()]

    assert page.count("<script") == page.count("</script>") == 5
    assert "<img" not in page
    assert "\u2028" not in page
    assert "\u202e" not in page
    assert all(len(row) == len(table[0]) for row in table)
    assert not [cell for row in table for cell in row if not cell.isprintable()]
    assert formulas(table) == []
    assert [error.message for one in findings for error in validator().iter_errors(one)] == []


def formulas(table: list[list[str]]) -> list[str]:
    """The cells that begin with a formula, in a locale that ends cells with a comma, a semicolon or a bar."""
    read = [part.strip(' "') for row in table for cell in row for separator in ",;|" for part in cell.split(separator)]
    return [part for part in read if part.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r"))]


def test_csv_has_one_alert_a_line(report, filled):
    table = list(csv.DictReader(io.StringIO(report("--store", filled, "--format", "csv"))))

    assert [int(row["score"]) for row in table] == sorted((int(row["score"]) for row in table), reverse=True)
    assert {row["severity"] for row in table} == {"critical", "high", "medium"}


def test_lines_have_a_type_each(report, filled):
    lines = [json.loads(line) for line in report("--store", filled, "--format", "jsonl").splitlines()]

    assert [line["type"] for line in lines[:2]] == ["report", "read"]
    assert {"alert", "entry", "control", "computed_from"} <= {line["type"] for line in lines}


def test_lines_go_to_standard_output(gatewatch, filled):
    ran = gatewatch("report", "--store", filled, "--format", "jsonl")

    assert ran.code == 0
    assert json.loads(ran.out.splitlines()[0])["type"] == "report"
    assert ran.err == ""
