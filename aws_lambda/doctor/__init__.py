"""`gatewatch doctor aws`: what is read of an AWS organisation (world.py, read_*.py), and what is wrong with it (pure functions of what was read)."""
