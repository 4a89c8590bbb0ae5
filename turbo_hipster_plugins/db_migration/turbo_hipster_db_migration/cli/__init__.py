"""Commands that this task brings."""
