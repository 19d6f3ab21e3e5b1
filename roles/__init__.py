"""Holds the roles, which say what a host becomes.

Each role is a paragraph of steps. It looks at nothing and knows no SSH.
"""

from kube.settings.node import NodeSettings
from nodewright.workflow.context import Context

#: Every role is given one.
NodeContext = Context[NodeSettings]
