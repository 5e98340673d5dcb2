"""The command line's longer verbs: what each does, and how it tells it."""
