"""The front: HTTP in, HTML out."""
