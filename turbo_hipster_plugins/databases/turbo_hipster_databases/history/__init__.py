"""History: what each migration cost in the builds before this one."""
