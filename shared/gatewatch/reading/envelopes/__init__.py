"""Envelopes: what holds records unchanged. Pages, batches, queue messages, search hits, query answers and text fields, as one table."""

from .table import ENVELOPES, MARKS, envelope_of_columns
from .unwrap import Inner, unwrap

__all__ = ["ENVELOPES", "MARKS", "Inner", "envelope_of_columns", "unwrap"]
