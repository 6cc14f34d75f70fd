"""The noise campaign: a generated organisation without any attack, and how often somebody would be notified."""
