"""What several rooms of tests play on: servers, witnesses, stages.

A conftest.py imports the fixtures that its tests use; nothing here is found by
itself.
"""
