"""What runs inside the project's own interpreter.

Standard library only, for Python 3.6 and newer; never installed there, but
loaded from where it lies.  One folder, so that nothing of ours can stand
before a module of the project's.
"""
