{{- /* What the schema of the values cannot see: how they stand to each other. */ -}}
{{- define "llm-fallback.checks" -}}
{{- $ports := .Values.ports -}}
{{- if ne (len (uniq (list $ports.webhook $ports.push $ports.admin))) 3 -}}
{{- fail (printf "ports: webhook is %v, push is %v, admin is %v; each needs a port of its own" $ports.webhook $ports.push $ports.admin) -}}
{{- end -}}
{{- include "llm-fallback.checkSidecarResources" .Values.sidecar.resources -}}
{{- include "llm-fallback.checkTestNamespace" . -}}
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

{{- /* The operator does not start with what Kubernetes would refuse of every pod. */ -}}
{{- define "llm-fallback.checkSidecarResources" -}}
{{- $limits := .limits -}}
{{- range $part, $amounts := . -}}
{{- range $name, $amount := $amounts -}}
{{- if le (include "llm-fallback.amount" $amount | float64) 0.0 -}}
{{- fail (printf "sidecar.resources.%s.%s: %v is given; more than 0 is expected" $part $name $amount) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $request := .requests -}}
{{- if hasKey $limits $name -}}
{{- $limit := get $limits $name -}}
{{- if gt (include "llm-fallback.amount" $request | float64) (include "llm-fallback.amount" $limit | float64) -}}
{{- fail (printf "sidecar.resources.requests.%s: %v is given, and limits.%s is %v; a limit of at least the request is expected" $name $request $name $limit) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* A quantity as a number: 100m is 0.1, and 1Ki is 1024. */ -}}
{{- define "llm-fallback.amount" -}}
{{- $units := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 -}}
{{- if kindIs "string" . -}}
{{- $unit := regexFind "[A-Za-z]+$" . -}}
{{- mulf (trimSuffix $unit . | float64) (get $units $unit | default 1.0) -}}
{{- else }}{{ float64 . }}{{ end -}}
{{- end -}}

{{- /* helm test deletes this namespace, with all that is in it, before it begins and after it ends. */ -}}
{{- define "llm-fallback.checkTestNamespace" -}}
{{- if .Values.helmTest.enabled -}}
{{- $kept := list .Release.Namespace "default" -}}
{{- range .Values.credentialNamespaces }}{{ $kept = append $kept (include "llm-fallback.credentialNamespace" .) }}{{ end -}}
{{- $name := .Values.helmTest.namespace -}}
{{- if or (has $name $kept) (hasPrefix "kube-" $name) (hasPrefix "openshift-" $name) -}}
{{- fail (printf "helmTest.namespace: %s holds other things, and helm test deletes its namespace with all that is in it; a name that no namespace has is expected" $name) -}}
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
