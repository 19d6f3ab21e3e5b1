"""What a host becomes: one file per role, each a paragraph of steps. Roles look at nothing and know no SSH."""

from kube.settings.node import NodeSettings
from nodewright.workflow.context import Context

#: What every role is given.
NodeContext = Context[NodeSettings]
