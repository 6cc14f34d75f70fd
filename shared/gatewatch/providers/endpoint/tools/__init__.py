"""The table of cloud tools: which commands and cmdlets log in, mint tokens, attack, or only read."""
