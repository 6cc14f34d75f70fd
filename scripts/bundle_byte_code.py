"""Writes one file with the byte code of the modules of a package into its folder: ``python scripts/bundle_byte_code.py FOLDER ...``.

Run by ``scripts/package_aws.sh`` with the Python of the functions, after its ``compileall``. The form of the file, and why: ``aws_lambda/byte_code.py``.
"""

import marshal
import sys
from importlib.util import cache_from_source
from pathlib import Path

BUNDLE = "byte_code.bin"
LEFT_OUT = frozenset({"cases", "cli", "doctor", "engines", "hosts", "pivots", "polling", "report"})
"""Rooms of the library that no function of AWS imports: only the command line and the other cloud do. In the bundle they would be a tenth of the zip."""

HEAD_BYTES = 16
"""What a .pyc has in front of its code (PEP 552)."""


def bundle(package: Path) -> bytes:
    """The file for this package. Raises ``FileNotFoundError`` for a module without byte code of this Python."""
    index: dict[str, tuple[str, int, int]] = {}
    codes: list[bytes] = []
    offset = 0
    for source in sorted(package.rglob("*.py")):
        relative = source.relative_to(package.parent)
        if relative.parts[1] in LEFT_OUT:
            continue
        parts = relative.parent.parts if source.name == "__init__.py" else relative.with_suffix("").parts
        code = Path(cache_from_source(str(source))).read_bytes()[HEAD_BYTES:]
        index[".".join(parts)] = (relative.as_posix(), offset, len(code))
        codes.append(code)
        offset += len(code)
    return b"".join([f"{sys.implementation.cache_tag}\n".encode(), marshal.dumps(index), *codes])


if __name__ == "__main__":
    for name in sys.argv[1:]:
        folder = Path(name)
        (folder / BUNDLE).write_bytes(bundle(folder))
