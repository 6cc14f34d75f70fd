"""Looks at an installation and says what is wrong with it: findings with their fix, what could not be looked at, and what cannot be asked. Knows no cloud."""
