{{- /* What the schema of the values cannot see: how they stand to each other. */ -}}
{{- define "llm-fallback.checks" -}}
{{- $ports := .Values.ports -}}
{{- if ne (len (uniq (list $ports.webhook $ports.push $ports.admin))) 3 -}}
{{- fail (printf "ports: webhook is %v, push is %v, admin is %v; each needs a port of its own" $ports.webhook $ports.push $ports.admin) -}}
{{- end -}}
{{- $seen := dict -}}
{{- range $at, $entry := .Values.credentialNamespaces -}}
{{- $namespace := include "llm-fallback.credentialNamespace" $entry -}}
{{- if hasKey $seen $namespace -}}
{{- fail (printf "credentialNamespaces[%d]: %s is listed twice; put all its Secrets into one entry" $at $namespace) -}}
{{- end -}}
{{- $_ := set $seen $namespace true -}}
{{- if eq $namespace $.Release.Namespace -}}
{{- if kindIs "string" $entry -}}
{{- fail (printf "credentialNamespaces[%d]: %s is the operator's own namespace, which holds the keys of its certificate authority; list the Secrets that hold provider keys: {namespace: %s, secrets: [...]}" $at $namespace $namespace) -}}
{{- else if has "llm-fallback-ca" $entry.secrets -}}
{{- fail (printf "credentialNamespaces[%d]: llm-fallback-ca holds the keys of the operator's certificate authority and is nobody's credential; remove it from the list" $at) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "llm-fallback.credentialNamespace" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ .namespace }}{{ end -}}
{{- end -}}

{{- /* Of the operator's pods; empty: none. */ -}}
{{- define "llm-fallback.priorityClassName" -}}
{{- if .Values.priorityClassName }}{{ .Values.priorityClassName }}
{{- else if .Values.priorityClass.create }}llm-fallback
{{- end -}}
{{- end -}}
