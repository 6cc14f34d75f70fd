"""Linux' audit.log: lines of text as records."""

import io

import pytest

from gatewatch.model import RawRecord
from gatewatch.reading.files import FileLimits, read

LINE = 'type=EXECVE msg=audit(1795168860.000:1): argc=2 a0="az" a1="login"'


def taken(body, **options):
    return [
        item.data if isinstance(item, RawRecord) else (item.origin, item.reason) for item in read(["-"], stdin=io.BytesIO(body), **options)
    ]


def test_every_line_is_a_record():
    assert taken(f"{LINE}\n\ntype=SYSCALL msg=audit(1795168860.000:1): arch=c000003e\nnode=h {LINE}".encode()) == [
        {"message": LINE},
        {"message": "type=SYSCALL msg=audit(1795168860.000:1): arch=c000003e"},
        {"message": f"node=h {LINE}"},
    ]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(f"Nov 20 10:01:00 h audispd: {LINE}\n", id="syslog"),
        pytest.param(f"<13>1 2026-11-20T10:01:00Z h audisp - - - {LINE}\n", id="syslog of today"),
        pytest.param(f"----\ntime->Fri Nov 20 10:01:00 2026\n{LINE}\n", id="ausearch"),
        pytest.param(f"{LINE}\r\n", id="CRLF"),
    ],
)
def test_headers_are_no_part_of_the_record(written):
    assert taken(written.encode() * 2) == [{"message": LINE}] * 2


def test_a_line_above_the_limit_is_refused_and_the_rest_goes_on():
    long = f"{LINE} {'x' * 100_000}"
    assert taken(f"{LINE}\n{long}\n{LINE}\n".encode(), limits=FileLimits(record=1_000)) == [
        {"message": LINE},
        ("-:2", "record_too_large"),
        {"message": LINE},
    ]


def test_other_text_is_no_audit_log():
    assert taken(b"type=EXECVE nothing\n") == []
