"""What goes wrong in the lab in a way its user can do something about."""


class LabError(Exception):
    """One or two sentences: what happened, where, and what to do next."""
