"""How the worker is: pulses of its loops, numbers, and who may ask for them.

Nothing here knows a build or a server; what is measured is told.
"""
