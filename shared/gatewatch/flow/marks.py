"""Properties that make a record something else than a form that a probe knows."""

from ..providers.catalogue import DIALECTS
from ..reading.envelopes import MARKS
from .own_documents import OWN

NEVER_PASSED: frozenset[str] = MARKS.union({OWN}, *(dialect.marks for dialect in DIALECTS))
"""Properties by which a record may be an envelope, a document of Gatewatch's own, or written in a dialect."""
