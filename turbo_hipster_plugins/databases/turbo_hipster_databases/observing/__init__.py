"""Observers: what a step does to the server, measured from outside."""
