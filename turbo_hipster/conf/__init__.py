"""Everything starts here: one file per option group, read at the root."""
