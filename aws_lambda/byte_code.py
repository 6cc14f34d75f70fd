"""Modules of a package from one file of byte code, which the build writes beside it.

To look for a module, to check its source and to open its byte code costs more than to run most modules. One file with an index costs a read
for each. ``scripts/bundle_byte_code.py`` writes it; where there is none, or one of another Python, modules are imported as always.
"""

import marshal
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType

BUNDLE = "byte_code.bin"
"""The name of the file in the package's folder: the tag of its Python, the marshalled index, the marshalled code of each module.

The index gives for each module its file relative to the parent of the package, and offset and length of its code behind the index.
"""

_PACKAGE = "/__init__.py"
_TAG = f"{sys.implementation.cache_tag}\n".encode()

type Index = Mapping[str, tuple[str, int, int]]


class Bundle:
    """A finder for the modules of one bundle. Its file stays open as long as the process lives."""

    def __init__(self, parent: str, index: Index, descriptor: int, start: int) -> None:
        self._parent, self._index = parent, index
        self._descriptor, self._start = descriptor, start

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """As ``importlib.abc.MetaPathFinder`` says."""
        entry = self._index.get(name)
        if entry is None:
            return None
        file = f"{self._parent}/{entry[0]}"
        is_package = file.endswith(_PACKAGE)
        spec = ModuleSpec(name, _Loader(name, file, self), origin=file, is_package=is_package)
        spec.has_location = True
        if is_package and spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(file.removesuffix(_PACKAGE))
        return spec

    def code(self, name: str) -> CodeType:
        """The code of a module of the index."""
        _, offset, length = self._index[name]
        code: CodeType = marshal.loads(os.pread(self._descriptor, length, self._start + offset))  # noqa: S302 - as any byte code: the build's own
        return code


class _Loader(SourceFileLoader):
    """Sources and data of a module as always, its code from the bundle."""

    def __init__(self, name: str, path: str, bundle: Bundle) -> None:
        super().__init__(name, path)
        self._bundle = bundle

    def get_code(self, fullname: str) -> CodeType:
        return self._bundle.code(fullname)


def opened(folder: str) -> Bundle | None:
    """The bundle in a package's folder; None if there is none for this Python."""
    try:
        with open(f"{folder}/{BUNDLE}", "rb") as file:  # noqa: PTH123 - pathlib is no part of the runtime's own imports
            if file.read(len(_TAG)) != _TAG:
                return None
            index: Index = marshal.load(file)  # noqa: S302 - as any byte code: the build's own
            return Bundle(os.path.dirname(folder), index, os.dup(file.fileno()), file.tell())  # noqa: PTH120 - same
    except FileNotFoundError:
        return None


def use_bundle(package: ModuleType) -> None:
    """From now on, import the other modules of this package from its bundle, if it has one."""
    bundle = opened(package.__path__[0])
    if bundle is not None:
        sys.meta_path.insert(0, bundle)
