"""The Board's rules as data, and their pure evaluation over a history as of a day."""
