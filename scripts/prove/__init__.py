"""The proof: published attacks, stories, a noisy organisation and the live matrix, each against a committed table.

`make prove` compares, `make prove-table` renews the tables; `page.py` makes docs/proof.md of them.
"""
