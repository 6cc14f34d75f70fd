"""Finds the form of a record by its first property, and decodes what the probe of that form asks for."""

import re
from enum import Enum

import msgspec
from msgspec import Raw

from ..providers.catalogue import PROVIDERS
from ..providers.probe import Probe, Question, arranged
from .marks import NEVER_PASSED

_HEAD = 32  # bytes of a record in which its first property is looked for
_HEADS_AT_MOST = 256
_TRIES = 50
_FURTHER_AT_MOST = 100  # properties that no layout knows yet and that no reader asks for; a vendor adds a few every year
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*?)`(?: - at `(\$.*)`)?", re.DOTALL)


class Forms:
    """The probes of all providers, by how records begin."""

    def __init__(self) -> None:
        self._forms = [_Form(probe) for provider in PROVIDERS for probe in provider.probes]
        self._by_head: dict[bytes, _Head] = {}

    def question(self, data: Raw | bytes) -> Question | None:
        """What decides about this record; None: only the slow way can tell."""
        view: bytes | memoryview
        if type(data) is bytes:
            view, head = data, data[:_HEAD].partition(b":")[0]
        else:
            view = memoryview(data)
            head = bytes(view[:_HEAD]).partition(b":")[0]
        known = self._by_head.get(head)
        if known is None:
            if len(self._by_head) >= _HEADS_AT_MOST:
                return None
            known = self._by_head[head] = _Head()
        for form in known.forms:
            found = form.ask(view)
            if found is not _Other.FORM:
                return found
        if known.tries < _TRIES:
            known.tries += 1
            for form in self._forms:
                if form not in known.forms and (found := form.ask(view)) is not _Other.FORM:
                    known.forms.append(form)
                    return found
        return None


class _Head:
    """The forms that records which begin alike were of, and how often another one was looked for."""

    def __init__(self) -> None:
        self.forms: list[_Form] = []
        self.tries = 0


class _Other(Enum):
    """What a form says of a record of another form."""

    FORM = 0


class _Form:
    """One probe with its decoder, which learns the properties that a vendor adds."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._further: set[str] = set()
        self._decode = msgspec.json.Decoder(probe.layout((), True)).decode  # noqa: FBT003 - as Probe.layout
        self._decode_any = msgspec.json.Decoder(probe.layout((), False)).decode  # noqa: FBT003
        self._asked = probe.ask
        self._example: bytes | None = None  # the first record of this form: a decoder is faster that expects properties in their order

    def ask(self, data: bytes | memoryview) -> Question | _Other | None:
        """What decides about the record; None if only the slow way can tell."""
        while True:
            try:
                record = self._decode(data)
                if self._example is None:
                    self._example = bytes(data)
                    self._compile()
                return self._asked(record)
            except msgspec.ValidationError as error:
                if not self._learns(str(error), data):
                    return _Other.FORM
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                return None

    def _learns(self, problem: str, data: bytes | memoryview) -> bool:
        """Whether the record is of this form and has a property that may be passed over and was not known."""
        match = _UNKNOWN_FIELD.fullmatch(problem)
        if match is None or (match[2] or "$") != self._probe.path or len(self._further) >= _FURTHER_AT_MOST:
            return False
        name = match[1]
        if name in NEVER_PASSED or name in self._further or not self._probe.may_pass(name):
            return False
        try:
            self._decode_any(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return False
        self._further.add(name)
        self._compile()
        return True

    def _compile(self) -> None:
        layout = self._probe.layout(sorted(self._further), True)  # noqa: FBT003 - as Probe.layout
        if self._example is not None:
            layout = arranged(layout, self._example)
        self._decode = msgspec.json.Decoder(layout).decode
