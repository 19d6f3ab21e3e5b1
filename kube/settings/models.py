"""Defines the settings of a cluster in inventory.yaml; the text under each says what it is for.

The reference in docs and the JSON Schema are made from these models.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from kube.settings.addresses import AddressRangeText, IPv4Text, NetworkText
from kube.settings.registries import CertificatesSetting, ImageMirrorSetting, Login, RegistryHost
from kube.settings.scalars import (
    CertificateName,
    ClusterName,
    DirectName,
    EndpointText,
    FolderPath,
    HttpUrl,
    ImageName,
    ImagePrefix,
    InterfaceName,
    KernelSetting,
    Keys,
    LabelKey,
    LabelValue,
    PackageVersion,
    PreflightCheck,
    ServerName,
    Sha256,
    Size,
    TaintText,
    VersionText,
)
from kube.settings.site import HostsLine, ModuleName, PackageName, RepositoryName, Resolver
from kube.versions.releases import Version
from kube.versions.repositories import DOCKER_KEY, DOCKER_URL, KUBERNETES_KEY, KUBERNETES_URL
from nodewright import inventory
from nodewright.inventory import Free, Settings, Text

DEFAULT_KUBERNETES = Version(1, 34, 2)


class Flannel(Settings):
    """The pod network."""

    backend: Literal["vxlan", "host-gw"] = "vxlan"
    """How pod traffic travels: `vxlan` over any network, `host-gw` unwrapped within one segment."""
    interface: InterfaceName | None = None
    """The interface that carries it, the same on all nodes; by default the one with the node's address."""


class MetalLB(Settings):
    """The load balancer for services."""

    mode: Literal["layer2"] = "layer2"
    """How addresses are announced: `layer2` by ARP."""
    addresses: tuple[AddressRangeText, ...] = Field(min_length=1)
    """What services may get, each FIRST-LAST or a CIDR: outside of DHCP's range, no host's own address."""


class LogRotation(Settings):
    """What a container may write before its log is turned over."""

    max_size: Size = "50Mi"
    """The size at which a log file is turned over, in Ki, Mi or Gi."""
    max_files: int = Field(default=5, ge=2)
    """How many files of a container are kept."""


class Proxy(Settings):
    """The HTTP proxy through which hosts reach package repositories and registries."""

    http: HttpUrl
    """The proxy for http:// addresses."""
    https: HttpUrl | None = None
    """The proxy for https:// addresses; by default that of `http`."""
    no_proxy: tuple[DirectName, ...] = ()
    """What is reached without it, besides the cluster's own hosts, pods and services."""


class PackageVersions(Settings):
    """Versions of the runtime's packages; one that is not given is the newest in the repository that fits."""

    docker: PackageVersion | None = None
    """docker-ce and docker-ce-cli, for example `29.0.1`."""
    containerd: PackageVersion | None = None
    """containerd.io, for example `2.2.0`."""
    cri_dockerd: PackageVersion | None = None
    """cri-dockerd, for example `0.3.26`; by default the newest that speaks to this Docker."""


class Cluster(Settings):
    """What the hosts become together."""

    name: ClusterName
    """The cluster's name; a node remembers it, and is never taken into another cluster."""
    kubernetes: VersionText = Field(
        default_factory=lambda: DEFAULT_KUBERNETES, json_schema_extra={"default": str(DEFAULT_KUBERNETES)}
    )
    """The version of Kubernetes, with its patch number."""
    runtime: Literal["docker", "containerd"] = "docker"
    """What runs the containers; from Kubernetes 1.24 on, cri-dockerd stands between kubelet and Docker."""
    runtime_folder: FolderPath | None = None
    """Where the runtime keeps images and containers; by default `/var/lib/docker` or `/var/lib/containerd`."""
    pod_cidr: NetworkText = IPv4Network("10.244.0.0/16")
    """Addresses of pods; each node gets a /24 of it."""
    service_cidr: NetworkText = IPv4Network("10.96.0.0/12")
    """Addresses of services, which exist inside the cluster only."""
    api_endpoint: EndpointText | None = None
    """HOST:PORT of your own load balancer before the control planes; by default the one control plane."""
    certificate_names: tuple[CertificateName, ...] = ()
    """Further names and addresses that the API server's certificate is valid for."""
    flannel: Flannel = Flannel()
    """The pod network."""
    metallb: MetalLB | None = None
    """The load balancer for services; without it they have node ports only."""
    firewall: Literal["off", "keep"] = "off"
    """`off` stops firewalld and keeps it stopped; `keep` comes in a later release."""
    selinux: Literal["permissive", "enforcing", "disabled"] = "permissive"
    """SELinux's mode, now and after a reboot; `disabled` needs a reboot."""
    time_servers: tuple[ServerName, ...] = ()
    """NTP servers for chrony; by default those that the distribution set."""
    sysctls: Mapping[KernelSetting, Text] = {}
    """Kernel settings on all hosts, besides those that Kubernetes needs."""
    packages: tuple[PackageName, ...] = ()
    """Further packages on all hosts, at any version, from the hosts' repositories and `mirrors.packages.others`."""
    kernel_modules: tuple[ModuleName, ...] = ()
    """Further kernel modules on all hosts, now and at each boot."""
    hosts_lines: tuple[HostsLine, ...] = ()
    """Further lines of /etc/hosts on all hosts, each ADDRESS NAME…"""
    resolver: Resolver | None = None
    """What /etc/resolv.conf says on all hosts; by default it is left alone."""
    proxy: Proxy | None = None
    """The HTTP proxy that the package manager, the runtime and kubelet use."""
    log_rotation: LogRotation = LogRotation()
    """When the logs of containers are turned over."""
    package_versions: PackageVersions = PackageVersions()
    """Pins the versions of the runtime's packages."""
    kubelet: Mapping[Text, Free] = {}
    """Merged into kubeadm's KubeletConfiguration; a field that this version does not know is refused."""
    kube_proxy: Mapping[Text, Free] = {}
    """Merged into kubeadm's KubeProxyConfiguration; a field that this version does not know is refused."""
    cluster_configuration: Mapping[Text, Free] = {}
    """Merged into kubeadm's ClusterConfiguration, in the form of this version's API; unknown fields are refused."""
    ignore_preflight_errors: tuple[PreflightCheck, ...] = ()
    """Names of kubeadm's preflight checks whose errors only warn; `all` is not taken."""

    @property
    def dns_domain(self) -> str:
        """Returns the domain that the names of services end with; kubeadm's default unless overridden."""
        networking = self.cluster_configuration.get("networking")
        domain = networking.get("dnsDomain") if isinstance(networking, Mapping) else None
        return str(domain or "cluster.local")


class Repository(Settings):
    """A package repository; `{minor}` stands for Kubernetes' minor (`1.34`), `{system}` for `rhel/9` and the like."""

    url: HttpUrl
    """Its base URL; the package manager's variables such as `$releasever` and `$basearch` may be used."""
    key: Keys
    """URL of the GPG key that signs it, or a list of URLs."""


class PublishedFile(Settings):
    """A file, used only if its checksum fits."""

    url: HttpUrl
    """Its URL."""
    sha256: Sha256
    """Its SHA-256 checksum, 64 hexadecimal digits."""


class PackageFile(Settings):
    """One package or release archive by its URL and checksum."""

    url: HttpUrl
    """URL of the RPM, or of the release archive, which ends with `.tgz` or `.tar.gz`."""
    sha256: Sha256
    """Its SHA-256 checksum, 64 hexadecimal digits."""

    @property
    def archive(self) -> bool:
        """Returns whether the file is a release archive, which has the program alone, without units."""
        return self.url.partition("?")[0].endswith((".tgz", ".tar.gz"))


def _kind(value: object) -> str:
    """Returns which kind of source a value is: a package has a checksum, a repository a key."""
    keys = value if isinstance(value, Mapping) else vars(value)
    return "repository" if "key" in keys else "package"


class KubernetesFiles(Settings):
    """Kubernetes as plain files, where there is a file store and no mirror of packages."""

    kubeadm: PublishedFile
    """The program, as dl.k8s.io has it at `vVERSION/bin/linux/amd64/kubeadm`."""
    kubelet: PublishedFile
    """The program."""
    kubectl: PublishedFile
    """The program."""
    cni_plugins: PublishedFile
    """The archive of containernetworking/plugins, `cni-plugins-linux-amd64-VERSION.tgz`."""
    crictl: PublishedFile | None = None
    """The archive of kubernetes-sigs/cri-tools, `crictl-VERSION-linux-amd64.tar.gz`; kubeadm wants it up to 1.30."""


_FILES = frozenset(KubernetesFiles.model_fields)


def _kind_of_kubernetes(value: object) -> str:
    keys = value if isinstance(value, Mapping) else vars(value)
    return "files" if _FILES & set(keys) else "repository"


class Places(Settings):
    """Maps that have a default each; what a map leaves out is as in its default."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        defaults = {name: field.default for name, field in cls.model_fields.items()}
        return {
            name: {**dict(defaults[name]), **given}
            if isinstance(given, Mapping)
            and isinstance(defaults.get(name), Settings)
            and not _FILES & set(given)
            else given
            for name, given in data.items()
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Returns the schema, in which nothing is required of a map that has a default."""
        result = handler(core)
        properties = handler.resolve_ref_schema(result)["properties"]
        for name, setting in properties.items():
            default = cls.model_fields[name].default
            if not isinstance(default, Settings):
                continue
            # Where several kinds of map are allowed, the default is of the first.
            first, *others = setting.get("oneOf", [setting])
            whole = {**type(default).model_json_schema(), **first}
            inlined = {key: whole[key] for key in whole if key not in {"$ref", "required"}}
            properties[name] = {**setting, "oneOf": [inlined, *others]} if others else inlined
        return result


class Packages(Places):
    """Where packages come from, besides the distribution's own repositories."""

    kubernetes: Annotated[
        Annotated[Repository, Tag("repository")] | Annotated[KubernetesFiles, Tag("files")],
        Discriminator(_kind_of_kubernetes),
    ] = Repository(url=KUBERNETES_URL, key=(KUBERNETES_KEY,))
    """A repository with kubeadm, kubelet, kubectl, kubernetes-cni and cri-tools; or each as a file."""
    docker: Repository = Repository(url=DOCKER_URL, key=(DOCKER_KEY,))
    """docker-ce and docker-ce-cli, and containerd.io for either runtime."""
    cri_dockerd: (
        Annotated[
            Annotated[Repository, Tag("repository")] | Annotated[PackageFile, Tag("package")],
            Discriminator(_kind),
        ]
        | None
    ) = None
    """cri-dockerd: an archive or RPM by URL and checksum, or a repository; by default the published archive."""
    others: Mapping[RepositoryName, Repository] = {}
    """Further repositories on all hosts, by names of yours."""


class Manifest(Settings):
    """A manifest, used only if its checksum fits."""

    url: HttpUrl
    """Its URL."""
    sha256: Sha256
    """Its SHA-256 checksum as published, before images in it are renamed."""


class OwnManifest(Settings):
    """Another manifest than the published one, or the same from another place."""

    url: HttpUrl | None = None
    """Its URL; by default that of the published manifest that fits `cluster.kubernetes`."""
    sha256: Sha256 | None = None
    """Its SHA-256 checksum before images in it are renamed; by default that of the published manifest."""


class Manifests(Settings):
    """Where manifests come from."""

    flannel: OwnManifest = OwnManifest()
    """flannel."""
    metallb: OwnManifest = OwnManifest()
    """MetalLB."""


class Mirrors(Settings):
    """Where everything comes from; by default the public places."""

    packages: Packages = Packages()
    """Package repositories."""
    images: Mapping[RegistryHost, ImageMirrorSetting] = {}
    """From a registry (`docker.io`) to the HOST[:PORT][/PATH] that has its images under their own paths, or to a map
    with `prefix` and `flat: true`."""
    insecure_registries: tuple[ImagePrefix, ...] = ()
    """Registries, HOST[:PORT], that speak plain HTTP."""
    logins: Mapping[RegistryHost, Login] = {}
    """By a registry's HOST[:PORT], a `user` and a `password` for it."""
    authorities: CertificatesSetting | None = None
    """A file of yours with certificates (PEM) of the authorities that your mirrors' certificates are signed by."""
    manifests: Manifests = Manifests()
    """Manifests of what runs in the cluster."""


class Smoke(Settings):
    """The smoke test."""

    source: Text = Field(default="operator", alias="from")
    """Where pages are fetched from: `operator`, or the name of a host."""
    image: ImageName = "docker.io/library/nginx:1.22"
    """The web server that it deploys."""


class HostSettings(inventory.HostSettings):
    """What is particular to one host."""

    address: IPv4Text
    """The node's IPv4 address, by which the other nodes reach it."""
    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels of the node; those that others set are left alone."""
    taints: tuple[TaintText, ...] | None = None
    """Taints of the node, each KEY=VALUE:EFFECT; by default kubeadm's, or none on a cluster's only host."""
    sysctls: Mapping[KernelSetting, Text] = {}
    """Kernel settings on this host, over those of the cluster."""
    kubelet: Mapping[Text, Free] = {}
    """Merged into this node's KubeletConfiguration; from Kubernetes 1.25 on."""
