{{- /* Names and labels that several objects have. */ -}}

{{- define "lbex.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "lbex.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "lbex.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is required if serviceAccount.create is false: the name of the ServiceAccount to use" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* The anti-affinity of all releases uses only the name: Pods of different releases never share a node. */ -}}
{{- define "lbex.selector" -}}
app.kubernetes.io/name: lbex
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "lbex.labels" -}}
{{ include "lbex.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "lbex.image" -}}
{{- $repository := required "image.repository is required: no image of lbex is published. Build one (docker build --tag registry.example.com/lbex:VERSION .), push it to your registry, and set image.repository and image.tag" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- /* A role and the binding that gives it to the ServiceAccount: kind, name, namespace (empty for a ClusterRole), rules. */ -}}
{{- define "lbex.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}
metadata:
  name: {{ .name }}
  {{- if .namespace }}
  namespace: {{ .namespace | quote }}
  {{- end }}
  labels:
    {{- include "lbex.labels" .root | nindent 4 }}
rules:
  {{- toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}Binding
metadata:
  name: {{ .name }}
  {{- if .namespace }}
  namespace: {{ .namespace | quote }}
  {{- end }}
  labels:
    {{- include "lbex.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "lbex.serviceAccount" .root }}
    namespace: {{ .root.Release.Namespace | quote }}
{{- end -}}
