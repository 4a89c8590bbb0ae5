"""Seeds: dumps and files that fill an empty server."""
