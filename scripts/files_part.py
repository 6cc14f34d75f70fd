"""The part of docs/inputs.md about files: containers, encodings, layouts and what is left out, from the tables that read them."""

from gatewatch.reading.files.containers import CONTAINERS
from gatewatch.reading.files.encodings import EVERY
from gatewatch.reading.files.layouts import LAYOUTS, LEFT_OUT, REFUSED
from gatewatch.reading.files.limits import FileLimits


def part() -> str:
    """The part."""
    return "\n".join([*_containers(), *_encodings(), *_layouts(), *_limits(), *_named("Left out", LEFT_OUT), *_named("Refused", REFUSED)])


def _containers() -> list[str]:
    read = list(dict.fromkeys(one.name for one in CONTAINERS if not one.advice))
    return [
        "## Files and containers\n",
        "The name of a file says nothing: its first bytes do. `-` is standard input, a folder is read with everything below it,",
        "`s3://BUCKET/PREFIX` (extra `s3`) and `https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX` (extra `blob`) with everything that",
        "begins so, with the credentials that the cloud's own SDK finds. Every file is accounted for, also those that are left out.\n",
        f"Opened, in each other to depth {FileLimits().depth}: {', '.join(read)}. Members of archives are called `ARCHIVE!/MEMBER`; the name of a",
        "member is a label and never a path.\n",
        "Known and not read, by name:\n",
        *(f"- {one.name}: {one.advice}" for one in CONTAINERS if one.advice),
        "",
    ]


def _encodings() -> list[str]:
    return ["## Encodings\n", "| encoding | known by |", "| --- | --- |", *(f"| {one.name} | {one.known_by} |" for one in EVERY), ""]


def _layouts() -> list[str]:
    return ["## Layouts\n", "| layout | what is read |", "| --- | --- |", *(f"| {name} | {what} |" for name, what in LAYOUTS.items()), ""]


def _limits() -> list[str]:
    limits, mib = FileLimits(), 2**20
    return [
        "## Limits\n",
        f"One record: {limits.record // mib} MiB. Of a JSON document above {limits.window // mib} MiB, the elements of its list are read one by",
        f"one; without a list of records it may have {limits.document // mib} MiB. What comes out of one file: {limits.decompressed // 2**30} GiB",
        f"(`--unpacked`), and at most {limits.ratio} times its size once it is more than {limits.free // mib} MiB.\n",
    ]


def _named(title: str, reasons: dict[str, str]) -> list[str]:
    return [
        f"## {title}, by name\n",
        "| reason | what it means |",
        "| --- | --- |",
        *(f"| `{name}` | {what} |" for name, what in reasons.items()),
        "",
    ]
