"""What a filled database is made of, as those need it who make rows.

The databases library reads a schema as texts, to compare it; here are its
tables with their keys and the kinds of their columns, to fill and to thin
them.
"""
