"""`gatewatch backfill aws`: the history of an AWS account or organisation in parts, oldest first."""
