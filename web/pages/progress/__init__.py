"""Progress to the licence, in words and plots."""
