"""Who owns an object: the delivery that applies it, the unit that renders it, the file and line that write it.

In: what was asked for, in words (``asked``) or as kubectl printed it (``pasted``), and a context. Out: the owners
(``find``), and for who finds none the nearest names and what was not rendered (``overview``). Knows no output format.
"""
