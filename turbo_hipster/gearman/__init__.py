"""The door to Gearman: nothing outside imports ``gear`` or knows packets.

``source`` brings builds to a slot, ``control`` answers cancels, ``client``
submits, ``admin`` asks what a server knows, ``server`` is one of our own.
"""
