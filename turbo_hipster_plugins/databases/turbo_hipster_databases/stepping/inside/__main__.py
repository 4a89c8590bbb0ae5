"""The process that steps: ``python inside/__main__.py SOCKET``.

Loads its siblings from this folder under a name of their own, then takes
the folder out of the import path: the project must not find our files.
"""

import importlib
import importlib.util
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "turbo_hipster_inside"


def load(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Import one of our own modules; leaves no compiled files behind."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        if PACKAGE not in sys.modules:
            spec = importlib.util.spec_from_file_location(
                PACKAGE,
                os.path.join(HERE, "__init__.py"),
                submodule_search_locations=[HERE],
            )
            assert spec is not None and spec.loader is not None
            package = importlib.util.module_from_spec(spec)
            sys.modules[PACKAGE] = package
            spec.loader.exec_module(package)
        return importlib.import_module(PACKAGE + "." + name)
    finally:
        sys.dont_write_bytecode = before


def main() -> None:
    """Answer until we are told to end, or nobody asks any more."""
    sys.path[:] = [entry for entry in sys.path if entry != HERE]
    channel = load("channel").connect(sys.argv[1])
    told = channel.receive()
    if told is not None:
        desk = load("desk").Desk(channel, told)
        try:
            walk = load(told["walk"]).Walk(told)
        except BaseException as error:  # whatever a tool does on import
            traceback.print_exc()
            desk.refuse(error)
        else:
            desk.serve(walk)
    channel.close()


if __name__ == "__main__":
    main()
    # what the project started, a thread or a pool, is not waited for
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
