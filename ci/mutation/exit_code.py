"""How ci/mutants ends."""

GOOD, BAD, TROUBLE, USAGE, INTERRUPTED = 0, 1, 125, 129, 130


class Trouble(Exception):
    """This machine, or this tree, cannot judge."""


class Unjudged(Trouble):
    """Cases were in trouble, and no other has failed: nothing is known."""


class Usage(Exception):
    """What was asked for does not exist."""
