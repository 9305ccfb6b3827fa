"""Orders, from the files that shops give out and from the platforms' own events, as `OrderLine` rows.

A file is read once, while it is uploaded: what is needed of it (`lines.Line`) goes into a file of our own (`staging`),
and the upload is gone with its request. Columns of people (e-mail, names, addresses, phones, notes) are dropped as the
row is read: a reader names the columns it wants (`columns`), and nothing else leaves the row. Sentences about a line
never repeat what stands in it.

What was staged is looked at (`importing.preview`), then read in, taken back, or put back as one. Lines of an import
that was taken back stay in their table and count nowhere: read orders through `counted.lines`.
"""
