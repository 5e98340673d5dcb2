"""The weekly log: weeks and their states, handing them in, the Board's form in print."""
