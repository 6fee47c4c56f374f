"""What a file may cost at most, each with its reason. Beyond it a file is refused by name, never cut short silently."""

from __future__ import annotations

# A file's own bytes: the longest scanned books that journals offer have some 100 MB.
FILE_BYTES_MAX = 200_000_000
# The characters of its text: three long novels; the longest public paper we index has 300,000.
TEXT_CHARACTERS_MAX = 4_000_000
# The pages of a PDF.
PAGES_MAX = 2_000
# What is in a DOCX once unpacked: fifty times a long book's.
UNPACKED_BYTES_MAX = 400_000_000
# How deep HTML may be nested; pages by hand or machine stay under 100.
DEPTH_MAX = 2_000
# The time and memory in which a file is read, by whichever reader.
SECONDS_MAX = 120
MEMORY_BYTES_MAX = 2_000_000_000
