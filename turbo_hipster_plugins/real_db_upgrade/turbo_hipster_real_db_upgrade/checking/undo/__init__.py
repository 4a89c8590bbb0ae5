"""Undoing: each step's way back, measured, and what does not come back."""
