"""Everything that only one vendor needs, a folder each, behind one frozen contract and one catalogue."""
