"""A compliance officer's pages: hours of everybody, looking back, holds, the audit files."""
