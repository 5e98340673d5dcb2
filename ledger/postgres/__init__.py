"""Where PostgreSQL is found, started, connected to and migrated."""
