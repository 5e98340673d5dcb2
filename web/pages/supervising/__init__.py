"""A supervisor's pages: the inbox, a supervisee, signing and returning weeks."""
