"""Root, epoch and record keys: made once, kept wrapped, destroyed for good."""
