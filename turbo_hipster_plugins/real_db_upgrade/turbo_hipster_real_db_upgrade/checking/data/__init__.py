"""The pass ``data``: a step leaves alone what it has no reason to touch.

``story`` tells from a step's statements which rows go where, and
``surroundings`` adds what triggers and foreign keys do; ``comparing`` holds
the states before and after against each other; ``losses`` and ``changes``
judge.  ``breaking`` names the rows that break a constraint.
"""
