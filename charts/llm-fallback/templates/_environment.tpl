{{- /* The settings of the operator, as docs/settings.md lists them. What has its default is not said, but for the image. */ -}}
{{- define "llm-fallback.environment" -}}
- name: LLM_FALLBACK_NAMESPACE
  # As the cluster says it: what moves the manifest into another namespace changes no text in it.
  valueFrom:
    fieldRef:
      apiVersion: v1
      fieldPath: metadata.namespace
- name: LLM_FALLBACK_WEBHOOK_LISTEN
  value: {{ include "llm-fallback.listen" (dict "root" . "port" .Values.ports.webhook) | quote }}
- name: LLM_FALLBACK_PUSH_LISTEN
  value: {{ include "llm-fallback.listen" (dict "root" . "port" .Values.ports.push) | quote }}
- name: LLM_FALLBACK_ADMIN_LISTEN
  value: {{ include "llm-fallback.listen" (dict "root" . "port" .Values.ports.admin) | quote }}
{{- with .Values.pushUrl }}
- name: LLM_FALLBACK_PUSH_URL
  value: {{ . | quote }}
{{- end }}
- name: LLM_FALLBACK_TOKEN_AUDIENCE
  value: {{ .Values.tokenAudience | quote }}
{{- $namespaces := list }}
{{- range .Values.credentialNamespaces }}
{{- $namespaces = append $namespaces (include "llm-fallback.credentialNamespace" .) }}
{{- end }}
{{- with $namespaces }}
- name: LLM_FALLBACK_CREDENTIAL_NAMESPACES
  value: {{ sortAlpha . | join "," | quote }}
{{- end }}
- name: LLM_FALLBACK_LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
- name: LLM_FALLBACK_INJECTION_FAILURE_POLICY
  value: {{ .Values.injection.failurePolicy | quote }}
- name: LLM_FALLBACK_SIDECAR_IMAGE
  value: {{ include "llm-fallback.image" (dict "root" . "image" .Values.images.sidecar) | quote }}
- name: LLM_FALLBACK_SIDECAR_PULL_POLICY
  value: {{ .Values.images.sidecar.pullPolicy | quote }}
- name: LLM_FALLBACK_SIDECAR_RESOURCES
  value: {{ include "llm-fallback.sidecarResources" . | quote }}
- name: LLM_FALLBACK_SIDECAR_LOG_LEVEL
  value: {{ .Values.sidecar.logLevel | quote }}
{{- if eq .Values.sidecar.audit "stdout" }}
- name: LLM_FALLBACK_SIDECAR_AUDIT
  value: stdout
{{- end }}
{{- end -}}

{{- define "llm-fallback.listen" -}}
{{- if contains ":" .root.Values.listenAddress }}[{{ .root.Values.listenAddress }}]{{ else }}{{ .root.Values.listenAddress }}{{ end }}:{{ .port }}
{{- end -}}

{{- /* As JSON in which every quantity is a text: 1 is "1", and so is 1.0. */ -}}
{{- define "llm-fallback.sidecarResources" -}}
{{- $resources := dict -}}
{{- range $part, $amounts := .Values.sidecar.resources -}}
{{- $quantities := dict -}}
{{- range $name, $amount := $amounts -}}
{{- if kindIs "string" $amount -}}
{{- $_ := set $quantities $name $amount -}}
{{- else if eq (float64 $amount) (float64 (int64 $amount)) -}}
{{- $_ := set $quantities $name (int64 $amount | toString) -}}
{{- else -}}
{{- $_ := set $quantities $name (toString $amount) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $resources $part $quantities -}}
{{- end -}}
{{- toJson $resources -}}
{{- end -}}
