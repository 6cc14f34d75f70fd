"""Alerts as a pure function of the evidence: link, score, pair, group, and which notifications are pending."""
