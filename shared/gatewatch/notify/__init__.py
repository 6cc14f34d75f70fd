"""Notifications: one message text, and the channels that send it."""
