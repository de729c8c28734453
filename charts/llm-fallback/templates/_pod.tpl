{{- /* What a pod of the operator is, but for its containers. */ -}}
{{- define "llm-fallback.podSettings" -}}
serviceAccountName: llm-fallback
automountServiceAccountToken: true
# Links to Services would add variables that begin as our settings do.
enableServiceLinks: false
{{- include "llm-fallback.pullSecrets" . }}
{{- with include "llm-fallback.priorityClassName" . }}
priorityClassName: {{ . }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- if .Values.hostNetwork }}
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
{{- end }}
securityContext:
  runAsNonRoot: true
  {{- with .Values.runAsUser }}
  runAsUser: {{ . | int64 }}
  runAsGroup: {{ . | int64 }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.topologySpread }}
topologySpreadConstraints:
  {{- range .Values.topologySpread }}
  - topologyKey: {{ .topologyKey }}
    whenUnsatisfiable: {{ .whenUnsatisfiable }}
    maxSkew: {{ .maxSkew | default 1 }}
    labelSelector:
      matchLabels:
        {{- include "llm-fallback.selector" $ | nindent 8 }}
    # Pods of the version before do not count, or a rolling update could not spread its own.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end -}}

{{- define "llm-fallback.container" -}}
image: {{ include "llm-fallback.image" (dict "root" . "image" .Values.images.operator) | quote }}
imagePullPolicy: {{ .Values.images.operator.pullPolicy }}
env:
  {{- include "llm-fallback.environment" . | nindent 2 }}
ports:
  - name: webhook
    containerPort: {{ .Values.ports.webhook }}
    protocol: TCP
  - name: push
    containerPort: {{ .Values.ports.push }}
    protocol: TCP
  - name: admin
    containerPort: {{ .Values.ports.admin }}
    protocol: TCP
# A process that has frozen answers neither this nor SIGTERM: four probes and a short grace replace it within half a minute.
livenessProbe:
  httpGet:
    path: /livez
    port: admin
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 4
  terminationGracePeriodSeconds: 5
readinessProbe:
  httpGet:
    path: /readyz
    port: admin
  periodSeconds: 3
  timeoutSeconds: 3
  failureThreshold: 2
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}
