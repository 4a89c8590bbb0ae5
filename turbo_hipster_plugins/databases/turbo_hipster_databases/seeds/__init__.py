"""Seeds: what a database is filled with, once, to be cloned then."""
