//go:build never

// Package controlplane pins, through go.mod and go.sum, the programs that the sandbox builds. No build uses this file.
package controlplane

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
