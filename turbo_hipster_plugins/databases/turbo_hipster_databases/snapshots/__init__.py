"""Snapshots: data at a moment, made once and cloned in a moment."""
