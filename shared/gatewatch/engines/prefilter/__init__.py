"""The queries of ``gatewatch prefilter``: what may matter, for an engine that already holds the records."""

from .query import LANGUAGES, Language, prefilter

__all__ = ["LANGUAGES", "Language", "prefilter"]
