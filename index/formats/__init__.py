"""Formats: from a file's bytes to its text, what its blocks are, and where they stand on its pages."""
