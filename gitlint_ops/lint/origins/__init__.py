"""Where a rendered field comes from: each line that shaped it, from the nearest cause back.

In: the objects and the field that were asked for, in words (``fields``), and a context. Out: the chains, objects with
the same one together (``find``), as plain values with secrets masked (``overview``). Knows no output format.
"""
