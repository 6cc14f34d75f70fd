"""`make bench` in short: who is measured finds what was planted, a wrong answer fails the run, the page says what was measured."""

import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks.corpus import planted, write
from benchmarks.side_by_side import measure, page
from benchmarks.side_by_side.__main__ import main
from benchmarks.side_by_side.contestants import ALL_CORES, BASE, GATEWATCH, SPARK, Answer, Contestant, contestants


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    file = tmp_path_factory.mktemp("corpus") / "records.jsonl"
    with file.open("wb") as out:
        write("realistic", 600, out.write)
    return file


def everybody(python=Path(sys.executable)):
    return {one.name: one for one in contestants(python, 2)}


@pytest.mark.parametrize("name", ["typed decode (limit)", "DuckDB, one thread", "jq"])
def test_a_contestant_finds_exactly_what_was_planted(name, records):
    contestant = everybody()[name]
    if contestant.missing:
        pytest.skip(f"{name}: {contestant.missing}")

    run = measure.once(contestant, records)

    assert run.answer.findings == planted("realistic", 600)
    assert run.cpu > 0
    assert run.memory > 1


def fake(name, code, answer=lambda text, _folder: Answer(frozenset(text.split()), "1")):
    return Contestant(name, "a fake", lambda _records, _folder: [sys.executable, "-S", "-c", code], answer)


def test_ratios_are_taken_within_a_round_and_a_wrong_answer_is_seen(records):
    base = fake(BASE, "print()", lambda _text, _folder: Answer(None, "1"))
    right, wrong = fake("right", "print('a b')"), fake("wrong", "print('a')")

    rows = {row.contestant.name: row for row in measure.rounds([right, base, wrong], records, frozenset({"a", "b"}), 2)}

    assert {name: row.right for name, row in rows.items()} == {"right": True, BASE: None, "wrong": False}
    assert rows[BASE].ratio == 1
    assert all(len(row.runs) == 2 for row in rows.values())


def test_memory_is_that_of_the_contestant_not_of_who_started_it(records):
    held = bytearray(200 * 2**20)

    small = measure.once(fake("small", "print()"), records)
    large = measure.once(fake("large", "x = bytearray(64 * 2**20); print()"), records)

    assert held[0] == 0
    assert small.memory < 40
    assert 60 < large.memory < 140


def test_rows_of_gatewatch_say_whether_they_stored_the_same():
    def row(name, stored, cpu):
        return measure.Row(fake(name, ""), [measure.Run(cpu, 1.0, Answer(frozenset(), "1", stored), cpu)], None, True)

    text, other = (
        page.written(page.Page("2026-11-28", "x", [page.Corpus("dense", 10, 10, 0, rows)], ()), "x.svg")
        for rows in ([row(GATEWATCH, "a", 2.0), row(SPARK, "a", 9.0)], [row(GATEWATCH, "a", 2.0), row(ALL_CORES, "b", 1.0)])
    )

    assert f"*{SPARK}* stored the same evidence" in text
    assert "Spark's overhead: 7 s of CPU." in text
    assert f"*{ALL_CORES}* **did not store** the same" in other
    assert "All cores take 0.50 of the time" in other


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can adopt what a program leaves behind")
def test_what_a_program_leaves_behind_is_counted(records):
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', 'x = sum(range(20_000_000))']); print()"

    assert measure.once(fake("leaves", code), records).cpu > 4 * measure.once(fake("small", "print()"), records).cpu


def test_a_contestant_that_fails_is_an_error(records):
    with pytest.raises(RuntimeError, match="broken failed"):
        measure.once(fake("broken", "raise SystemExit(3)"), records)


def test_who_is_not_here_is_named_and_not_started(tmp_path):
    absent = everybody(tmp_path / "python")["pypanther"]

    assert absent.missing == "the environment .venv-bench is not there"
    assert measure.rounds([absent], tmp_path, frozenset(), 1) == []


def test_the_page(tmp_path):
    where = tmp_path / "benchmarks.md"
    only = f"one process,{BASE},typed,pypanther"

    code = main([
        "--records", "300", "--dense", "--stream", "300", "--rounds", "1", "--only", only, "--peers", sys.executable, "--page", str(where),
    ])  # fmt: skip

    text = where.read_text("utf-8")
    assert code == 0
    assert "pypanther: not measured, pypanther is not installed" in text
    assert "| realistic | 300 |" in text
    assert "**wrong**" not in text
    shown = re.findall("<text[^>]*>([^<]*)</text>", (tmp_path / "images/benchmarks.svg").read_text("utf-8"))
    assert {GATEWATCH, BASE, "typed decode (limit)"} <= set(shown)


def test_a_page_of_nothing_but_streams_or_of_nothing_has_no_chart(tmp_path):
    where = tmp_path / "benchmarks.md"

    assert main(["--records", "--dense", "--stream", "--page", str(where)]) == 0
    assert "# Benchmarks" in where.read_text("utf-8")
    assert "benchmarks.svg" not in where.read_text("utf-8")
    assert not (tmp_path / "images/benchmarks.svg").exists()


def test_the_committed_page_names_its_machine_and_no_wrong_answer(repository):
    text = (repository / "docs/benchmarks.md").read_text("utf-8")

    assert "| processor |" in text
    assert "**wrong**" not in text
    assert (repository / "docs/images/benchmarks.svg").is_file()


def test_a_chart_escapes_names():
    row = measure.Row(fake("<b>&", ""), [measure.Run(1.0, 1.0, Answer(None, json.dumps("1")))], None, None)

    chart = page.chart(page.Corpus("realistic", 10, 10, 0, [row]))

    assert ">&lt;b&gt;&amp;<" in chart
