{{- /*
Reference of an image.
  root   the root context
  image  one of .Values.images
A digest says which image it is; a tag stands beside it only if somebody wrote one.
*/ -}}
{{- define "llm-fallback.image" -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- $tag := .image.tag -}}
{{- if not .image.digest }}{{ $tag = $tag | default .root.Chart.AppVersion }}{{ end -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}
{{- with $tag }}:{{ . }}{{ end }}
{{- with .image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{- /* Secrets to pull with, of the chart and of whoever embeds it, as a list. */ -}}
{{- define "llm-fallback.pullSecrets" -}}
{{- with concat .Values.imagePullSecrets (.Values.global.imagePullSecrets | default list) }}
imagePullSecrets:
  {{- range . }}
  - name: {{ if kindIs "string" . }}{{ . }}{{ else }}{{ .name }}{{ end }}
  {{- end }}
{{- end }}
{{- end -}}
