"""Emergency access: asking, approving, and the records it opens."""
