"""Digests of the settings that kubelets and kube-proxies were started with, by which a change is seen.

On the cluster the digest of what was last written is an annotation of the ConfigMap; on a host it is a file.
"""

from __future__ import annotations

import hashlib

from kube.kubeadm.configuration import kube_proxy_configuration, kubelet_configuration, kubelet_patch
from kube.objects.go_yaml import write_documents
from kube.objects.manifest import DIGEST_ANNOTATION
from kube.settings.node import NodeSettings
from roles import NodeContext
from roles.parts.proxy import proxy_text

#: What `kubectl get configmap` needs to print the digest, and nothing else.
PRINT_DIGEST = f"--output 'jsonpath={{.metadata.annotations.{DIGEST_ANNOTATION}}}'"


def kubelet_digest(ctx: NodeContext) -> str:
    """Returns the digest of all that this host's kubelet was started with."""
    return _digest(
        shared_kubelet_digest(ctx.settings), kubelet_patch(ctx.settings.host), proxy_text(ctx) or ""
    )


def shared_kubelet_digest(settings: NodeSettings) -> str:
    """Returns the digest of what all kubelets share."""
    return _digest(write_documents([kubelet_configuration(settings.cluster)]))


def kube_proxy_digest(settings: NodeSettings) -> str:
    """Returns the digest of what all kube-proxies share."""
    return _digest(write_documents([kube_proxy_configuration(settings.cluster)]))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
