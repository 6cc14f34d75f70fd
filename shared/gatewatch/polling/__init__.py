"""The poller's protocol: what is read when, what is skipped, and when the watermark moves. It knows no cloud and imports no SDK."""
