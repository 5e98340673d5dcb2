"""Hours towards a licence: what is stated of them, and the weeks in which they are signed."""
