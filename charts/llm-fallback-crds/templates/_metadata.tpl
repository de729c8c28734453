{{- /* Labels and annotations of a definition. What is its own wins over what is common. */ -}}
{{- define "llm-fallback-crds.metadata" -}}
{{- $labels := dict
  "app.kubernetes.io/name" "llm-fallback"
  "app.kubernetes.io/part-of" "llm-fallback"
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/managed-by" .Release.Service
  "helm.sh/chart" (printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") | trunc 63 | trimAll "-_.")
-}}
{{- $annotations := dict -}}
{{- if .Values.keep }}{{ $annotations = dict "helm.sh/resource-policy" "keep" }}{{ end -}}
labels:
  {{- merge $labels (.Values.commonLabels | default dict) | toYaml | nindent 2 }}
{{- with merge $annotations (.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
