"""Engines that people already have, with Gatewatch in them or behind them: queries in front of a replay, and a replay inside Spark."""
