"""Modules from one file of byte code: the same modules, and where there is no such file nothing changes."""

import compileall
import importlib
import inspect
import marshal
import sys
import traceback
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from aws_lambda import byte_code
from scripts import bundle_byte_code

SOURCES = {
    "__init__.py": '"""A package."""\n',
    "one.py": '"""One."""\nfrom .inner import two\nVALUE = two.VALUE + 1\ndef fails():\n    raise ValueError\n',
    "inner/__init__.py": '"""Inside."""\n',
    "inner/two.py": "VALUE = 1\n",
    "inner/data.txt": "text",
}


@pytest.fixture
def package(tmp_path, monkeypatch) -> Iterator[Path]:
    """A package with its byte code, importable and not yet imported."""
    folder = tmp_path / "parcel"
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    compileall.compile_dir(folder, quiet=1)
    forget(monkeypatch)
    yield folder
    forget(monkeypatch)


def forget(monkeypatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "parcel"]:
        monkeypatch.delitem(sys.modules, name)


def bundled(folder: Path) -> None:
    (folder / byte_code.BUNDLE).write_bytes(bundle_byte_code.bundle(folder))


def use() -> None:
    byte_code.use_bundle(importlib.import_module("parcel"))


def test_modules_come_from_the_bundle_and_are_what_they_always_are(package, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    plain = {name: vars(importlib.import_module(name).__spec__) for name in ("parcel.one", "parcel.inner", "parcel.inner.two")}
    forget(monkeypatch)
    bundled(package)
    for source in package.rglob("*.pyc"):
        source.unlink()
    use()

    one = importlib.import_module("parcel.one")

    assert one.VALUE == 2
    for name, spec in plain.items():
        ours = vars(sys.modules[name].__spec__)
        assert {key: ours[key] for key in ("name", "origin", "submodule_search_locations")} == {
            key: spec[key] for key in ("name", "origin", "submodule_search_locations")
        }
        assert sys.modules[name].__file__ == spec["origin"]
    written = {source.name.partition(".")[0] for source in package.rglob("*.pyc") if source.parent.parent == package}
    assert written == {"__init__"}  # imported before its bundle was in use; for the others nobody looked for byte code, so nobody wrote it
    assert not list((package / "inner").rglob("*.pyc"))


def test_sources_data_and_tracebacks_are_where_they_always_are(package):
    bundled(package)
    use()
    one = importlib.import_module("parcel.one")

    assert inspect.getsource(one) == SOURCES["one.py"]
    assert files("parcel.inner").joinpath("data.txt").read_text() == "text"
    with pytest.raises(ValueError) as raised:
        one.fails()
    assert traceback.extract_tb(raised.value.__traceback__)[-1].line == "raise ValueError"


@pytest.mark.parametrize("tag", [b"cpython-312\n", b"", b"\x00\x00"])
def test_a_bundle_of_another_python_is_not_used(package, tag):
    (package / byte_code.BUNDLE).write_bytes(tag + marshal.dumps({"parcel.one": ("parcel/one.py", 0, 0)}))
    use()

    assert importlib.import_module("parcel.one").VALUE == 2


def test_without_a_bundle_nothing_changes(package):
    before = [*sys.meta_path]
    use()

    assert sys.meta_path == before
    assert importlib.import_module("parcel.one").VALUE == 2


def test_modules_that_the_bundle_does_not_know_are_imported_as_always(package):
    bundled(package)
    (package / "late.py").write_text("VALUE = 3\n")
    use()

    assert importlib.import_module("parcel.late").VALUE == 3


def test_a_module_without_byte_code_ends_the_build(package):
    (package / "late.py").write_text("VALUE = 3\n")

    with pytest.raises(FileNotFoundError):
        bundle_byte_code.bundle(package)
