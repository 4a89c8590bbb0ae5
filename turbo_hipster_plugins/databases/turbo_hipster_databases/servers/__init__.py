"""Private database servers: each has one build, and ends with it."""
