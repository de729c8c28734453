{{- /*
Reference of an image.
  root   the root context
  image  one of .Values.images
A digest says which image it is; a tag stands beside it only if somebody wrote one.
*/ -}}
{{- define "llm-fallback.image" -}}
{{- $registry := (.root.Values.global).imageRegistry | default .image.registry -}}
{{- $tag := .image.tag -}}
{{- if not .image.digest }}{{ $tag = $tag | default .root.Chart.AppVersion }}{{ end -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}
{{- with $tag }}:{{ . }}{{ end }}
{{- with .image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{- /* Secrets to pull with, of the chart and of whoever embeds it, as a list: each once, or a server-side apply is refused. */ -}}
{{- define "llm-fallback.pullSecrets" -}}
{{- $names := list -}}
{{- range concat (.Values.imagePullSecrets | default list) ((.Values.global).imagePullSecrets | default list) }}
{{- if kindIs "string" . }}{{ $names = append $names . }}{{ else }}{{ $names = append $names .name }}{{ end }}
{{- end }}
{{- with uniq $names }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}
