"""The write path: gathers concurrent appends and commits them as one statement."""
