"""Slots, control, signals, and the order of shutting down."""
