"""Who somebody is to the service: signing in, passkeys, practices, members, tokens."""
