"""What a host becomes. Each role is a paragraph of steps; it looks at nothing and knows no SSH."""

from kube.settings.node import NodeSettings
from nodewright.workflow.context import Context

#: What every role is given.
NodeContext = Context[NodeSettings]
