"""Bytes, order, proofs and keys: the log itself, without a word of therapy."""
