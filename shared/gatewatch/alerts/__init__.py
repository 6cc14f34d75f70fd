"""Alerts as a pure function of the evidence: link, score, pair, group, and what is owed to people."""
