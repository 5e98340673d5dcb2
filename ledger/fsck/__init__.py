"""The checker that trusts nothing and recomputes everything."""
