"""What can be done: one use case a file; the only writers."""
