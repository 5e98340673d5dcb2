"""Turns appended events into tiles, epochs and a signed checkpoint."""
