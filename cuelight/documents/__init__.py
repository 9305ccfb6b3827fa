"""Text written by several people at once: Delta operations, one order per document, the same text for everybody."""
