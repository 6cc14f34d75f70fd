"""First steps that providers share."""

ASK = "Ask the person on another channel (not by mail or chat of this account) whether this was them."
