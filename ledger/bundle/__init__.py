"""Writes audit bundles: what an auditor verifies offline, without us."""
