{{- define "backup-guard.labels" -}}
app.kubernetes.io/name: backup-guard
{{- end }}

{{- define "backup-guard.meta" -}}
name: backup-guard
namespace: {{ .Release.Namespace }}
labels:
  {{- include "backup-guard.labels" . | nindent 2 }}
{{- end }}

{{/* The server talks to the API server: "true" or "false". */}}
{{- define "backup-guard.asks" -}}
{{ or .Values.cache .Values.events.enabled (eq .Values.tls.source "selfManaged") }}
{{- end }}

{{- define "backup-guard.image" -}}
image: {{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{/* Egress to the API server. */}}
{{- define "backup-guard.apiServer" -}}
- ports:
    {{- range .Values.apiServerPorts }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end }}

{{/* One rule: group, resources, versions, and the operations that are not empty. */}}
{{- define "backup-guard.rule" -}}
{{- with compact .operations }}
- apiGroups: [{{ $.group | quote }}]
  apiVersions: {{ $.versions | default (list "v1") | toJson }}
  operations: {{ toJson . }}
  resources: [{{ $.resource }}]
  scope: Namespaced
{{- end }}
{{- end }}

{{/* Where the API server asks: path, mode. */}}
{{- define "backup-guard.client" -}}
admissionReviewVersions: [v1]
clientConfig:
  {{- if eq .Values.tls.source "secret" }}
  caBundle: {{ .Values.tls.ca | b64enc }}
  {{- end }}
  service:
    name: backup-guard
    namespace: {{ .Release.Namespace }}
    path: {{ if .Values.webhook.auditOnly }}/validate/audit{{ else }}{{ .path }}{{ end }}
    port: 443
matchPolicy: Equivalent
sideEffects: {{ ternary "NoneOnDryRun" "None" (and .Values.events.enabled (eq .mode "enforce")) }}
timeoutSeconds: 5
{{- end }}

{{/* Namespaces in a mode: operator and values of the label. */}}
{{- define "backup-guard.namespaces" -}}
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: {{ append .Values.webhook.excludedNamespaces .Release.Namespace | uniq | sortAlpha | toJson }}
    - key: backup-guard.io/mode
      operator: {{ .operator }}
      values: {{ toJson .modes }}
{{- end }}

{{- define "backup-guard.conditions" -}}
matchConditions:
  # finalizers must go: what is being deleted is never held up
  - name: not-terminating
    expression: oldObject == null || !has(oldObject.metadata.deletionTimestamp)
  # a namespace that is deleted, and the garbage of an owner
  - name: not-the-collector
    expression: >-
      !(request.userInfo.username in ['system:serviceaccount:kube-system:namespace-controller',
      'system:serviceaccount:kube-system:generic-garbage-collector'])
{{- end }}

{{- define "backup-guard.changed" -}}
  # status, labels, finalizers, owners: nothing that a rule reads
- name: changed
  expression: >-
    request.operation != 'UPDATE' || has(object.spec) != has(oldObject.spec) ||
    (has(object.spec) && object.spec != oldObject.spec) ||
    has(object.metadata.annotations) != has(oldObject.metadata.annotations) ||
    (has(object.metadata.annotations) && object.metadata.annotations != oldObject.metadata.annotations)
{{- end }}
