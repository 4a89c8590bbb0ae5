"""A stage for builds, and witnesses that know nothing of it."""
