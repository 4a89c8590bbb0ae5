"""Run one build in processes of its own."""
