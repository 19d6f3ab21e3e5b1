"""Computes digests of the settings that kubelets and kube-proxies were started with; they show a change.

In the cluster the digest of the settings that were written last is an annotation of the ConfigMap. On a host it is
a file.
"""

from __future__ import annotations

import hashlib

from kube.kubeadm.configuration import kube_proxy_configuration, kubelet_configuration, kubelet_patch
from kube.objects.go_yaml import write_documents
from kube.objects.manifest import DIGEST_ANNOTATION
from kube.settings.node import NodeSettings
from roles import NodeContext
from roles.parts.proxy import proxy_text

#: With this option `kubectl get configmap` prints the digest and nothing else.
PRINT_DIGEST = f"--output 'jsonpath={{.metadata.annotations.{DIGEST_ANNOTATION}}}'"


def kubelet_digest(ctx: NodeContext) -> str:
    """Returns the digest of all settings of this host's kubelet."""
    return _digest(
        shared_kubelet_digest(ctx.settings), kubelet_patch(ctx.settings.host), proxy_text(ctx) or ""
    )


def shared_kubelet_digest(settings: NodeSettings) -> str:
    """Returns the digest of the settings that all kubelets share."""
    return _digest(write_documents([kubelet_configuration(settings.cluster)]))


def kube_proxy_digest(settings: NodeSettings) -> str:
    """Returns the digest of the settings that all kube-proxies share."""
    return _digest(write_documents([kube_proxy_configuration(settings.cluster)]))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
