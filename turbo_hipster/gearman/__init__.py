"""The Gearman door: the only rooms that import gear."""
