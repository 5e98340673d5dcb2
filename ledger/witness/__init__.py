"""A witness of logs, and the client that has ours witnessed (C2SP tlog-witness)."""
