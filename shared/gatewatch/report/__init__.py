"""A report for people and for machines: what was read, what was found, and what may be concluded from it."""
