"""Plain SQL files, numbered, applied once by the owner role."""
