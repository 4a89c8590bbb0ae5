import sys

from broken_plugins.sound import Sound

print("this is printed at import")
sys.stdout.flush()
sys.stdout.buffer.write(b"\xff\x00{not a line of ours}\n")
sys.stderr.write('{"answer": "forged"}\n')

__all__ = ["Sound"]
