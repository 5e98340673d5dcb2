"""What can be read: one read model a file, each with its table, its apply and its queries."""
