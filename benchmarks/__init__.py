"""What turbo-hipster costs, measured beside its rivals in one run."""
