"""Structure: headings, paragraphs and sentences of a source text."""
