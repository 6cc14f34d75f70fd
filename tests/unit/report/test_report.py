"""`gatewatch report`: the page, what it counts, and that a second program counts the same."""

import base64
import contextlib
import gzip
import hashlib
import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from gatewatch.ports import Ports
from gatewatch.report.build import ReportRequest, build
from gatewatch.report.page import html
from gatewatch.stores.open import open_store
from tests.unit.report.conftest import data_of, lines_of


def details_of(page: str) -> list[dict]:
    """The details that a page holds."""
    pieces = re.findall(r'<script type="text/plain" id="piece-\d+">([^<]*)</script>', page)
    return [one for piece in pieces for one in json.loads(gzip.decompress(base64.b64decode(piece)))]


def test_a_report_of_files_says_what_was_read(report, examples):
    file = examples / "records.jsonl"

    page = report(file)

    read = data_of(page)["read"]
    assert read["files"]["records"] == len(file.read_text("utf-8").splitlines())
    assert read["files"]["files"][0]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert sum(read["files"]["dispositions"].values()) == read["files"]["records"]
    assert "Nothing was refused or left out" in page


def test_what_was_not_read_is_said_first(report, examples, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text((examples / "records.jsonl").read_text("utf-8") + '{"eventName": "ConsoleLogin"}\n{"id": 1\n')
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.4 nothing")

    head = report(broken, tmp_path / "notes.pdf").partition('<section id="alerts"')[0]

    assert "2 records refused, 1 file left out" in head


def test_no_alerts_are_no_proof_without_evidence(report, tmp_path):
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("{}\n")

    page = report(nothing)

    assert "No alerts" in page
    assert "No evidence: the absence of alerts says nothing." in page
    assert '<section id="read"' in page
    assert "activities," not in page


def test_a_second_program_counts_the_same(gatewatch, filled, report, repository, tmp_path):
    listed = json.loads(gatewatch("alerts", "list", "--store", filled, "--json").out.splitlines()[0])
    gatewatch("alerts", "close", listed["gatewatch"]["alert_id"], "--as", "expected", "--reason", "a test", "--store", filled)
    page, lines = tmp_path / "page.html", tmp_path / "lines.jsonl"
    page.write_text(report("--store", filled), "utf-8")
    lines.write_text(report("--store", filled, "--format", "jsonl"), "utf-8")

    counted = subprocess.run([sys.executable, repository / "scripts/recount.py", lines, page], capture_output=True, text=True, check=False)

    assert (counted.returncode, counted.stdout[:9]) == (0, "the same:")
    assert (
        "gatewatch" not in re.sub("scripts/recount|without Gatewatch", "", (repository / "scripts/recount.py").read_text("utf-8")).lower()
    )


def test_another_number_is_found(report, filled, repository, tmp_path):
    page, lines = tmp_path / "page.html", tmp_path / "lines.jsonl"
    page.write_text(re.sub(r'"alerts":\d+,"open":', '"alerts":999,"open":', report("--store", filled)), "utf-8")
    lines.write_text(report("--store", filled, "--format", "jsonl"), "utf-8")

    counted = subprocess.run([sys.executable, repository / "scripts/recount.py", lines, page], capture_output=True, text=True, check=False)

    assert counted.returncode == 1
    assert "numbers: the records say" in counted.stdout


def test_every_alert_has_its_line_and_its_details(report, filled, gatewatch):
    page = report("--store", filled)

    ids = [json.loads(line)["gatewatch"]["alert_id"] for line in gatewatch("alerts", "list", "--store", filled, "--json").out.splitlines()]
    assert sorted(lines_of(page)["id"]) == sorted(one[:12] for one in ids)
    found = {one["id"]: one for one in details_of(page)}
    assert found.keys() == {one[:12] for one in ids}
    assert all(one["events"] and one["stored"] and one["blocks"] for one in found.values())
    assert all(
        sum(c["points"] for c in one.get("components") or one["events"][0]["components"]) == lines_of(page)["score"][place]
        for place, one in enumerate(found.values())
    )


def test_the_page_allows_itself_only(report, filled):
    page = report("--store", filled)

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert policy.startswith("default-src 'none'; ")
    for text in (script, style):
        assert text.isascii()  # whatever writes the page in another encoding leaves it as its hash says
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert not re.search(r"unsafe|https?:|data:|\*", policy)
    assert not re.search(r'\s(?:src|style|on\w+)="', page)


def test_a_page_stays_below_its_size(filled):
    with contextlib.closing(open_store(filled)) as opened:
        built = build(Ports(store=opened, clock=lambda: datetime(2026, 11, 21, tzinfo=UTC)), ReportRequest(source=filled, store=filled))
        whole = html(built, opened)
        small = html(built, opened, most_bytes=len(whole.encode()) - 1)

    assert len(small.encode()) < len(whole.encode())
    assert (len(details_of(whole)), len(details_of(small))) == (4, 0)
    assert sorted(lines_of(small)["id"]) == sorted(lines_of(whole)["id"])


def test_a_page_is_written_where_one_is(filled, gatewatch, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert gatewatch("report", "--store", filled).code == 0
    assert (tmp_path / "gatewatch-report.html").is_file()


@pytest.mark.parametrize(
    ("options", "alerts"),
    [
        pytest.param(["--person", "carla.reyes@example.com"], 2, id="a person"),
        pytest.param(["--person", "CARLA.REYES@EXAMPLE.COM"], 2, id="the same, folded"),
        pytest.param(["--since", "2099-01-01"], 0, id="nothing since"),
    ],
)
def test_a_report_can_be_narrowed(report, filled, options, alerts):
    found = data_of(report("--store", filled, *options))

    assert found["numbers"]["alerts"] == alerts
    assert len(found["cases"]) == ("--person" in options)


def test_a_later_beginning_changes_no_entry(report, examples, tmp_path):
    """A sign-in just before midnight says what the identity provider proved about a login just after it."""
    text = (examples / "records.jsonl").read_text("utf-8")
    text = text.replace('"isInteractive":true', '"isInteractive":true,"authenticationRequirement":"multiFactorAuthentication"')
    file = tmp_path / "midnight.jsonl"
    file.write_text(re.sub(r"2026-11-20T09:0([0-6])", r"2026-11-20T23:5\1", text).replace("2026-11-20T09:", "2026-11-21T00:"))

    whole, part = (
        [json.loads(line) for line in report(file, "--format", "jsonl", *more).splitlines()] for more in ([], ["--since", "2026-11-21"])
    )

    entries = [line for line in whole if line["type"] == "entry" and line["time"] >= "2026-11-21"]
    assert [one["mfa"] for one in entries] == ["identity provider"]
    assert [line for line in part if line["type"] == "entry"] == entries


def test_a_person_has_the_whole_case(report, filled):
    page = report("--store", filled, "--person", "carla.reyes@example.com")

    assert '<section id="case"' in page
    assert {one["provider"] for one in data_of(page)["cases"][0]["identities"]} == {"aws", "entra"}


def test_a_stranger_has_no_report(gatewatch, filled):
    ran = gatewatch("report", "--store", filled, "--person", "nobody@example.com")

    assert ran.code == 2
    assert "nothing is stored of nobody@example.com" in ran.err


@pytest.mark.parametrize("person", ["", "  "])
def test_an_empty_name_is_not_everybody(gatewatch, filled, person):
    ran = gatewatch("report", "--store", filled, "--person", person)

    assert ran.code == 2
    assert "--person names nobody" in ran.err


@pytest.mark.parametrize("kept", [True, False], ids=["a store", "files"])
@pytest.mark.parametrize("line", [0, 1], ids=["no alert", "one alert"])
def test_one_is_not_many(report, gatewatch, examples, store, tmp_path, line, kept):
    """No 1 stands before a noun in the plural, wherever a person reads the page."""
    file = tmp_path / "one.jsonl"
    file.write_text((examples / "records.jsonl").read_text("utf-8").splitlines()[line] + "\n")
    assert not kept or gatewatch("replay", file, "--store", store).code == 0

    page = report(*(["--store", store] if kept else [file]))

    text = " ".join(re.sub("<[^>]+>", "", page.partition("<main")[2].partition("<script")[0]).split())
    assert numbers_of(page)["alerts"] == line
    assert re.findall(r"(?<![\d,.:-])1 (?:pieces|records|files|days|activities|alerts|successful entries|people|more)\b.{9}", text) == []
    assert ("is not in a store" in text) is kept


def numbers_of(page: str) -> dict:
    return data_of(page)["numbers"]


def test_exceptions_name_their_owner_and_what_they_hid(report, examples, tmp_path):
    tuning = tmp_path / "tuning.toml"
    tuning.write_text(
        '[[allowlist]]\nid = "release"\nrules = ["aws_console_login_no_mfa"]\nmatch = { principal = "ci-release" }\n'
        'owner = "Olga"\nreason = "moves to a role"\nexpires = 2026-12-31T00:00:00Z\n'
    )

    page = report(examples / "records.jsonl", "--tuning", tuning)

    row = page.partition('id="suppressions"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    cells = [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
    assert cells[:3] == ["release", "Olga", "moves to a role"]
    assert cells[-3:] == ["1", "1", "40"]
    assert data_of(page)["numbers"]["suppressed"] == 1


@pytest.mark.parametrize("source", ["files", "store"])
def test_what_another_tuning_would_have_done(report, filled, examples, tmp_path, source):
    other = tmp_path / "other.toml"
    other.write_text('notify_from = "critical"\n')
    given = [examples / "records.jsonl"] if source == "files" else ["--store", filled]

    changed = data_of(report(*given, "--what-if", other))["what_if"]

    assert changed["announced_after"] < changed["announced_before"]
    assert {one["change"] for one in changed["differences"]} == {"changed"}


def test_a_case_is_a_page(gatewatch, filled, tmp_path):
    target = tmp_path / "case.html"

    ran = gatewatch("case", "carla.reyes@example.com", "--store", filled, "--format", "html", "--output", target)

    assert ran.code == 0, ran.err
    page = target.read_text("utf-8")
    assert "<title>Case of carla.reyes@example.com" in page
    assert lines_of(page)["id"]
    assert '<section id="annex"' not in page
