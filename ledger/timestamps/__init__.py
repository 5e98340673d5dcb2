"""Has a time-stamping authority (RFC 3161) say when a checkpoint of the root log existed."""
