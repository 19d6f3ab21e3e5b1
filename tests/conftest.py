"""Settings of all tests."""

from hypothesis import settings

# How long an example takes says what else the machine does: no test fails for that.
settings.register_profile("nodewright", deadline=None)
settings.load_profile("nodewright")
