"""What must be deleted, when, and the evidence that it was."""
