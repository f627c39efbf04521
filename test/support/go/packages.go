//go:build never

// Package programs pins, through go.mod and go.sum, the programs that only tests run. No build uses this file.
package programs

import _ "helm.sh/helm/v4/cmd/helm"
