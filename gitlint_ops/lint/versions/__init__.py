"""Which version of what runs where: applications by environment, and how far the environments are apart.

In: a CheckContext (``version_table``). Out: a VersionTable of images, charts and foreign revisions, each with the line
that sets it; what a version says of its age (``distance``); how an environment stands to the one before it
(``standing``); and, of two tables, what a change promotes (``promotions``). Knows no output format.
"""
