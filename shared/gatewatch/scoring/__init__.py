"""From findings to one explained number: severity, score, modifiers, suppression."""
