"""Who did and read what, and who had access."""
