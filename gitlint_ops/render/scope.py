"""Which kinds are cluster-scoped: Kubernetes' own, customary operators' and those whose CRD is in the repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_CLUSTER_SCOPED: Mapping[str, frozenset[str]] = {
    "": frozenset({"ComponentStatus", "Namespace", "Node", "PersistentVolume"}),
    "admissionregistration.k8s.io": frozenset(
        {
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        }
    ),
    "apiextensions.k8s.io": frozenset({"CustomResourceDefinition"}),
    "apiregistration.k8s.io": frozenset({"APIService"}),
    "certificates.k8s.io": frozenset({"CertificateSigningRequest", "ClusterTrustBundle"}),
    "flowcontrol.apiserver.k8s.io": frozenset({"FlowSchema", "PriorityLevelConfiguration"}),
    "networking.k8s.io": frozenset({"IPAddress", "IngressClass", "ServiceCIDR"}),
    "node.k8s.io": frozenset({"RuntimeClass"}),
    "policy": frozenset({"PodSecurityPolicy"}),
    "rbac.authorization.k8s.io": frozenset({"ClusterRole", "ClusterRoleBinding"}),
    "resource.k8s.io": frozenset({"DeviceClass", "DeviceTaintRule", "ResourceSlice"}),
    "scheduling.k8s.io": frozenset({"PriorityClass"}),
    "storage.k8s.io": frozenset({"CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"}),
    # Operators that many clusters run and few repositories carry the CRDs of.
    "cert-manager.io": frozenset({"ClusterIssuer"}),
    "cilium.io": frozenset(
        {"CiliumBGPClusterConfig", "CiliumClusterwideNetworkPolicy", "CiliumLoadBalancerIPPool", "CiliumNode"}
    ),
    "config.openshift.io": frozenset({"ClusterVersion", "IngressController", "Infrastructure", "OAuth", "Proxy"}),
    "external-secrets.io": frozenset({"ClusterExternalSecret", "ClusterSecretStore"}),
    "gateway.networking.k8s.io": frozenset({"GatewayClass"}),
    "karpenter.k8s.aws": frozenset({"EC2NodeClass"}),
    "karpenter.sh": frozenset({"NodeClaim", "NodePool"}),
    "kyverno.io": frozenset({"ClusterCleanupPolicy", "ClusterPolicy"}),
    "machineconfiguration.openshift.io": frozenset({"KubeletConfig", "MachineConfig", "MachineConfigPool"}),
    "project.openshift.io": frozenset({"Project"}),
    "security.openshift.io": frozenset({"SecurityContextConstraints"}),
    "snapshot.storage.k8s.io": frozenset({"VolumeSnapshotClass", "VolumeSnapshotContent"}),
}


class Scopes:
    """Knows whether a kind is cluster-scoped. A kind that nothing tells of counts as namespaced, as for Argo CD."""

    def __init__(self, definitions: Iterable[Mapping[str, Any]] = ()) -> None:
        self._defined: dict[tuple[str, str], bool] = {}
        for definition in definitions:
            self.learn(definition)

    def learn(self, definition: Mapping[str, Any]) -> None:
        """Take the scope of a CustomResourceDefinition; one without a usable spec teaches nothing."""
        spec = definition.get("spec")
        names = spec.get("names") if isinstance(spec, Mapping) else None
        if isinstance(spec, Mapping) and isinstance(names, Mapping):
            key = (str(spec.get("group")), str(names.get("kind")))
            self._defined[key] = spec.get("scope") == "Cluster"

    def is_cluster_scoped(self, group: str, kind: str) -> bool:
        """Whether objects of this kind belong to no namespace."""
        defined = self._defined.get((group, kind))
        return defined if defined is not None else kind in _CLUSTER_SCOPED.get(group, ())

    def differ_from(self, other: Scopes) -> bool:
        """Whether some kind is cluster-scoped here or there, and not in both."""
        kinds = self._defined.keys() | other._defined.keys()
        return any(self.is_cluster_scoped(*kind) != other.is_cluster_scoped(*kind) for kind in kinds)
