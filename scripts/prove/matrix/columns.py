"""The inputs of the live matrix."""

EVENT_BRIDGE, V1, BETA, ENDPOINT, TOGETHER = "EventBridge", "Graph v1.0", "Graph beta", "endpoint index", "together"
COLUMNS = (EVENT_BRIDGE, V1, BETA, ENDPOINT, TOGETHER)
