"""Folders: every file is accounted for, and nothing in them stops or blocks the rest."""

import gzip
import json
import os
import socket

from gatewatch.model import RawRecord, Refused
from gatewatch.reading.files import FileSource, Journal, read, read_sources
from gatewatch.reading.json_text import value_of

A, B = {"a": 1}, {"b": [2]}


def test_folders_are_read_in_order_and_by_content(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.jsonl").write_text('{"b":[2]}\n')
    (tmp_path / "a.json").write_text(json.dumps(A, indent=1))
    (tmp_path / "notes.txt").write_text("not a record")
    (tmp_path / "sub" / "no-ending").write_bytes(gzip.compress(b'{"a":1}'))
    journal = Journal()
    found = list(read([tmp_path], journal=journal))
    assert [(item.origin.removeprefix(str(tmp_path)), value_of(item.data)) for item in found] == [
        ("/a.json:1", A),
        ("/b.jsonl:1", B),
        ("/sub/no-ending:1", A),
    ]
    assert [(report.name, report.left_out) for report in journal.files if report.left_out] == [
        (str(tmp_path / "notes.txt"), "no_json_and_no_csv")
    ]


def test_what_is_no_file_is_left_out_by_name_and_blocks_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "loop").symlink_to(tmp_path)
    (tmp_path / "z.json").write_text('{"a":1}')
    (tmp_path / "link.json").symlink_to(tmp_path / "z.json")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sock")
        journal = Journal()
        found = list(read([tmp_path], journal=journal))
    assert [value_of(item.data) for item in found if isinstance(item, RawRecord)] == [A, A]
    assert {report.name.removeprefix(f"{tmp_path}/"): report.left_out for report in journal.files if report.left_out} == {
        "fifo": "pipe",
        "sock": "socket",
        "gone": "broken_link",
        "d/loop": "link_to_a_folder",
    }


def test_what_cannot_be_opened_is_refused(tmp_path):
    found = list(read([tmp_path / "missing.json", "-"]))
    assert [(type(item), item.reason) for item in found] == [(Refused, "file_unreadable")] * 2


def test_an_unreadable_file_is_refused_among_readable_ones(tmp_path):
    """Root may read every file, so the one in the middle is refused by its opener."""
    (tmp_path / "a").write_text('{"a":1}')

    def denied():
        raise PermissionError(13, "Permission denied")

    good = FileSource("a", lambda: (tmp_path / "a").open("rb"))
    journal = Journal()
    found = list(read_sources([good, FileSource("b", denied), good], journal=journal))
    assert [getattr(item, "reason", None) for item in found] == [None, "file_unreadable", None]
    assert [(report.name, report.left_out) for report in journal.files] == [("a", ""), ("b", ""), ("a", "")]


def test_a_name_that_is_no_utf8_can_be_written_wherever_it_is_named(tmp_path):
    for name, body in ((b"a\xff", b'{"a":1}'), (b"b\xff", b"{"), (b"c\xff", b"")):
        (tmp_path / os.fsdecode(name)).write_bytes(body)
    (tmp_path / os.fsdecode(b"d\xff")).symlink_to("nowhere")
    journal = Journal()
    found = list(read([tmp_path, tmp_path / os.fsdecode(b"e\xff")], journal=journal))
    assert [item.origin for item in found] == [f"{tmp_path}/{name}\\udcff:1" for name in "abe"]
    assert [report.name for report in journal.files] == [f"{tmp_path}/{name}\\udcff" for name in "abcde"]


def test_many_small_files_are_each_accounted_for(tmp_path):
    for n in range(500):
        (tmp_path / f"{n:04}.json").write_text('{"a":1}' if n % 2 else "")
    journal = Journal()
    assert len(list(read([tmp_path], journal=journal))) == 250
    assert (len(journal.files), sum(report.left_out == "empty" for report in journal.files)) == (500, 250)
