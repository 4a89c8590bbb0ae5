"""Previous code: while a deploy rolls, it works on the new schema."""
