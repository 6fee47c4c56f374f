"""PDF: the text of its pages in reading order, without what stands in their margins, each character in its place.

    glyphs -> margins, columns -> lines -> tables, paragraphs -> roles -> flow -> writing

Form fields, annotations, vertical Chinese and formulas of several storeys are left out or come as they may.
"""

from index.formats.pdf.draw import page_image
from index.formats.pdf.reader import read

__all__ = ["page_image", "read"]
