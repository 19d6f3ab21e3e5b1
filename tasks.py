"""The commands: `invoke --list` shows them."""

from invoke.collection import Collection

from lab import tasks as lab

namespace = Collection(lab.lab)
