{{- define "vidra.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* The release's name, with the chart's name behind it where it does not tell. */}}
{{- define "vidra.fullname" -}}
{{- $name := include "vidra.name" . }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $full .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "vidra.selectorLabels" -}}
app.kubernetes.io/name: {{ include "vidra.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- /* The chart's own labels win over the user's. */}}
{{- define "vidra.labels" -}}
{{- $own := include "vidra.selectorLabels" . | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- merge $own .Values.commonLabels | toYaml }}
{{- end }}

{{- define "vidra.serviceAccountName" -}}
{{- $given := .Values.serviceAccount.name }}
{{- ternary (default (include "vidra.fullname" .) $given) (default "default" $given) .Values.serviceAccount.create }}
{{- end }}

{{- define "vidra.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{- /* Binds a role to Vidra: a list of context, kind, name of the role, and namespace, which a ClusterRole has not. */}}
{{- define "vidra.binding" -}}
{{- $context := index . 0 }}
{{- $kind := index . 1 }}
{{- $role := index . 2 }}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ $role }}
  {{- if eq $kind "Role" }}
  namespace: {{ index . 3 | quote }}
  {{- end }}
  labels: {{- include "vidra.labels" $context | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ $role }}
subjects:
  - kind: ServiceAccount
    name: {{ include "vidra.serviceAccountName" $context }}
    namespace: {{ $context.Release.Namespace | quote }}
{{- end }}
