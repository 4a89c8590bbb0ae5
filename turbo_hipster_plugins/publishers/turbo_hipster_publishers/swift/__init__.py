"""OpenStack Swift, with an account of our own."""
