"""`python -m local.host`: the host alone, without the other local programs."""

import argparse
import sys

from local.host.command import add_arguments, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.host", description=add_arguments.__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
