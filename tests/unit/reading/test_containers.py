"""Containers: what lies in them is read wherever it lies, and a hostile one ends at a limit."""

import bz2
import gc
import gzip
import io
import lzma
import stat
import tarfile
import zipfile

import pytest
import zstandard

from gatewatch.model import RawRecord
from gatewatch.reading.files import FileLimits, Journal, read
from gatewatch.reading.json_text import value_of

A, B = b'{"a":1}\n', b'{"b":2}\n'


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return body.getvalue()


def tarred(*members, mode="w"):
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:
        for entry, content in members:
            info = entry if isinstance(entry, tarfile.TarInfo) else tarfile.TarInfo(entry)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return body.getvalue()


def special(name, kind):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def entry(name, mode, *, flag=0):
    info = zipfile.ZipInfo(name)
    info.external_attr, info.flag_bits = mode << 16, flag
    return info


def zstd(body, *, sized=True):
    return zstandard.ZstdCompressor(write_content_size=sized).compress(body)


def taken(body, **options):
    journal = options.setdefault("journal", Journal())
    found = list(read(["-"], stdin=io.BytesIO(body), **options))
    values = [value_of(item.data) if isinstance(item, RawRecord) else item.reason for item in found]
    return values, journal, [item.origin for item in found]


BOTH = [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("body", "formats"),
    [
        pytest.param(gzip.compress(A + B), ("gzip",), id="gzip"),
        pytest.param(gzip.compress(A) + gzip.compress(B), ("gzip",), id="gzip-of-several-members"),
        pytest.param(gzip.compress(A + B) + b"\0" * 512, ("gzip",), id="gzip-with-padding"),
        pytest.param(bz2.compress(A) + bz2.compress(B), ("bz2",), id="bz2-of-several-streams"),
        pytest.param(lzma.compress(A) + lzma.compress(B), ("xz",), id="xz-of-several-streams"),
        pytest.param(lzma.compress(A + B) + b"\0" * 8, ("xz",), id="xz-with-padding"),
        pytest.param(zstd(A) + zstd(B), ("zstd",), id="zstd-of-several-frames"),
        pytest.param(b"\x50\x2a\x4d\x18\x04\0\0\0size" + zstd(A + B), ("zstd",), id="zstd-behind-a-skippable-frame"),
        pytest.param(zstd(A + B, sized=False), ("zstd",), id="zstd-without-a-size"),
        pytest.param(zipped(("x", A + B)), ("zip",), id="zip"),
        pytest.param(zipped(("x", A + B), method=zipfile.ZIP_LZMA), ("zip",), id="zip-by-lzma"),
        pytest.param(tarred(("x", A + B)), ("tar",), id="tar"),
        pytest.param(tarred(("x", A + B), mode="w:gz"), ("gzip", "tar"), id="tar.gz"),
        pytest.param(tarred(("x", zstd(A + B))), ("tar", "zstd"), id="zstd-in-tar"),
        pytest.param(zipped(("x", gzip.compress(tarred(("y", A + B))))), ("zip", "gzip", "tar"), id="three-deep"),
    ],
)
def test_a_container_is_opened(body, formats):
    values, journal, _ = taken(body)
    assert values == BOTH
    assert [report.formats[:-1] for report in journal.files] == [formats]


@pytest.mark.parametrize("archive", [zipped, tarred])
def test_names_are_labels_and_every_member_is_read(archive):
    values, journal, origins = taken(archive(("../../etc/passwd", A), ("/root/x:y", B), ("d/empty", b"")))
    assert values == BOTH
    assert origins == ["-!/../../etc/passwd:1", "-!//root/x:y:1"]
    assert [(report.name, report.left_out) for report in journal.files][2] == ("-!/d/empty", "empty")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(tarred((special("x", tarfile.SYMTYPE), b""), ("a", A)), "link", id="tar-symbolic-link"),
        pytest.param(tarred((special("x", tarfile.LNKTYPE), b""), ("a", A)), "link", id="tar-hard-link"),
        pytest.param(tarred((special("x", tarfile.CHRTYPE), b""), ("a", A)), "device", id="tar-device"),
        pytest.param(tarred((special("x", tarfile.FIFOTYPE), b""), ("a", A)), "device", id="tar-pipe"),
        pytest.param(zipped((entry("x", stat.S_IFLNK | 0o777), b"/etc/passwd"), ("a", A)), "link", id="zip-link"),
    ],
)
def test_links_and_devices_are_left_out_by_name(body, reason):
    values, journal, _ = taken(body)
    assert values == [{"a": 1}]
    assert [report.left_out for report in journal.files if report.name == "-!/x"] == [reason]


def test_what_is_known_and_not_read_is_left_out_with_advice():
    for body, name in (
        (b"Obj\x01avro", "Avro"),
        (b"%PDF-1.7", "PDF"),
        (b"ElfFile\x00", "Windows event log"),
        (zipped(("[Content_Types].xml", b"<x/>")), "Office document"),
    ):
        values, journal, _ = taken(body)
        assert values == []
        assert [(report.left_out, report.detail.split(":")[0]) for report in journal.files] == [("format_not_read", name)]


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda body: zipped(("x", body)), lambda body: tarred(("x", body))], ids=["gzip", "zip", "tar"]
)
def test_what_lies_too_deep_is_refused_and_the_next_member_is_read(pack):
    body = A
    for _ in range(3):
        body = pack(body)
    assert taken(body)[0] == [{"a": 1}]
    archive = zipped(("deep", pack(body)), ("next", B))
    assert taken(archive)[0] == ["nested_too_deeply", {"b": 2}]


def test_compressed_files_in_a_compressed_archive_in_an_archive_are_read():
    assert taken(zipped(("x.tar.gz", tarred(("y.json.gz", gzip.compress(A + B)), mode="w:gz"))))[0] == BOTH


def test_an_empty_archive_is_accounted_for():
    assert [report.left_out for report in taken(zipped())[1].files] == ["empty"]


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, lambda body: bz2.compress(body, 1), lambda body: lzma.compress(body, preset=0), zstd],
    ids=["gzip", "bz2", "xz", "zstd"],
)
def test_a_cut_file_keeps_what_came_before(pack):
    lines = b"".join(b'{"n":%d,"x":"%d"}\n' % (n, n * 7919**5) for n in range(20_000))
    body = pack(lines)
    values, _, _ = taken(body[: len(body) * 2 // 3])
    assert values[0]["n"] == 0
    assert values[-1] == "file_truncated_or_corrupt"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(gzip.compress(A + B)[:-4], id="gzip-cut-in-its-end"),
        pytest.param(gzip.compress(A + B)[:-8] + bytes(8), id="gzip-with-a-wrong-checksum"),
        pytest.param(gzip.compress(A + B) + b"garbage", id="gzip-before-garbage"),
        pytest.param(gzip.compress(A + B) + gzip.compress(A)[:6], id="gzip-before-half-a-member"),
        pytest.param(lzma.compress(A + B)[:-10], id="xz-cut-in-its-end"),
        pytest.param(bz2.compress(A + B) + bz2.compress(A)[:20], id="bz2-before-half-a-stream"),
        pytest.param(zstd(A + B) + zstd(A)[:6], id="zstd-before-half-a-frame"),
        pytest.param(gzip.compress(gzip.compress(A + B)[:-4]), id="gzip-cut-inside-gzip"),
    ],
)
def test_a_broken_file_of_a_few_bytes_keeps_what_came_before(body):
    assert taken(body)[0] == [*BOTH, "file_truncated_or_corrupt"]


def test_an_archive_that_cannot_be_unpacked_leaves_no_open_file():
    packed = bytearray(gzip.compress(zipped(("a.json", b'{"a": 1}'))))
    packed[-8] ^= 1  # the checksum, which is read last

    values, _, _ = taken(bytes(packed))

    assert values == ["file_truncated_or_corrupt"]
    gc.collect()  # a file that is still open says so now, which fails the test


def test_a_name_that_is_no_utf8_is_shown_with_escapes():
    body = tarred(("b\udcff", A), ("b\udcfe", b""), (special("l\udcff", tarfile.SYMTYPE), b""))
    _, journal, origins = taken(body)
    assert origins == ["-!/b\\udcff:1"]
    assert [report.name for report in journal.files] == ["-!/b\\udcff", "-!/b\\udcfe", "-!/l\\udcff"]


def test_a_broken_member_does_not_stop_the_next():
    values, _, _ = taken(tarred(("x", gzip.compress(B * 9)[:-9]), ("y", b"\x1f\x8bnonsense"), ("z", A)))
    assert values[-1] == {"a": 1}
    assert values.count("file_truncated_or_corrupt") == 2


BOMB = b" " * 3_000_000 + A


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(gzip.compress(BOMB), id="gzip"),
        pytest.param(zstd(BOMB), id="zstd"),
        pytest.param(lzma.compress(BOMB), id="xz"),
        pytest.param(bz2.compress(BOMB), id="bz2"),
        pytest.param(zipped(*((str(n), BOMB) for n in range(3))), id="zip"),
        pytest.param(gzip.compress(gzip.compress(BOMB)), id="nested"),
        pytest.param(tarred(("x", BOMB), mode="w:gz"), id="tar.gz"),
    ],
)
@pytest.mark.parametrize("limits", [FileLimits(decompressed=1_000_000), FileLimits(ratio=20, free=1_000)], ids=["in-all", "ratio"])
def test_a_bomb_ends_at_a_limit(body, limits):
    values, _, _ = taken(body, limits=limits)
    assert values == ["file_too_large"]


def test_a_tar_header_that_fills_the_memory_is_refused():
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2**30
    assert taken(info.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 1024)[0] == ["file_too_large"]


def test_a_zip_directory_that_fills_the_memory_is_refused():
    body = bytearray(zipped(("x", A)))
    at = body.rfind(b"PK\x05\x06")
    body[at + 12 : at + 16] = (2**31).to_bytes(4, "little")
    assert taken(bytes(body))[0] == ["file_too_large"]


def test_a_member_that_needs_a_password_is_left_out():
    body = bytearray(zipped(("x", A)))
    body[6] |= 1
    body[body.rfind(b"PK\x01\x02") + 8] |= 1
    assert [report.left_out for report in taken(bytes(body))[1].files] == ["encrypted"]
