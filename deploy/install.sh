#!/bin/sh
# Prints install.yaml: what deploy/kustomize/overlays/self-managed gives.
#   deploy/install.sh [KUBECTL] >deploy/install.yaml
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cat <<'END'
# Made by deploy/install.sh from deploy/kustomize/overlays/self-managed, where the comments
# are. The image backup-guard:0.1.0 must be where the nodes find it.
#   kubectl apply -f install.yaml
# Before Kubernetes 1.30 there is no ValidatingAdmissionPolicy: kubectl says so, applies all the rest and ends with status 1.
# Emergency off: kubectl delete validatingwebhookconfiguration backup-guard
# Uninstall: emergency off first, then kubectl delete --ignore-not-found -f install.yaml
END
"${1:-kubectl}" kustomize "$here/kustomize/overlays/self-managed"
