"""The git door: the only rooms that know how git is spoken to."""
