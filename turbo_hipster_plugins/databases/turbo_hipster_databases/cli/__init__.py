"""Commands that this library brings."""
