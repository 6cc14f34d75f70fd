"""Computes the explained score of an activity: score, modifiers and suppression."""
