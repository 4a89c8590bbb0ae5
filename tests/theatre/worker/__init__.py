"""A real worker, and witnesses that share none of its code."""
