"""Who may come in: links by mail, passkeys, sessions, recovery, and where they are kept."""
