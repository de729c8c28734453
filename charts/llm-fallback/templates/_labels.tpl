{{- /* What a Deployment selects its pods by, which may never change. */ -}}
{{- define "llm-fallback.selector" -}}
app.kubernetes.io/name: llm-fallback
app.kubernetes.io/component: operator
{{- end -}}

{{- /*
Labels and annotations of an object.
  root         the root context
  labels       of this object alone (optional)
  annotations  of this object alone (optional)
What is the object's own wins over what is common.
*/ -}}
{{- define "llm-fallback.metadata" -}}
{{- $ours := dict
  "app.kubernetes.io/name" "llm-fallback"
  "app.kubernetes.io/part-of" "llm-fallback"
  "app.kubernetes.io/instance" .root.Release.Name
  "app.kubernetes.io/version" .root.Chart.AppVersion
  "app.kubernetes.io/managed-by" .root.Release.Service
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_") | trunc 63 | trimAll "-_.")
-}}
labels:
  {{- merge $ours (.labels | default dict) (.root.Values.commonLabels | default dict) | toYaml | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
