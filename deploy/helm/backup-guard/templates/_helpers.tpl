{{/* Of an object: root, name, namespaced (or namespace), app, of (its own labels and annotations), annotations. */}}
{{- define "backup-guard.metadata" -}}
{{- $of := .of | default dict -}}
name: {{ .name }}
{{- if .namespaced }}
namespace: {{ .namespace | default .root.Release.Namespace }}
{{- end }}
labels:
  {{- merge (dict "app.kubernetes.io/name" (.app | default "backup-guard")) ($of.labels | default dict) .root.Values.labels | toYaml | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) ($of.annotations | default dict) .root.Values.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Of a pod: root, app. */}}
{{- define "backup-guard.podMetadata" -}}
metadata:
  labels:
    {{- merge (dict "app.kubernetes.io/name" (.app | default "backup-guard")) .root.Values.pod.labels .root.Values.labels | toYaml | nindent 4 }}
  {{- with merge (dict) .root.Values.pod.annotations .root.Values.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Where a pod runs, and as whom. */}}
{{- define "backup-guard.placed" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "priorityClassName" }}
{{- with index $.Values $key }}
{{ $key }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- $context := .Values.podSecurityContext | default dict }}
{{- with ternary (omit $context "runAsUser" "runAsGroup" "fsGroup") $context .Values.openshift }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* policy as JSON; before it had parts it was what policy.text is. */}}
{{- define "backup-guard.policy" -}}
{{ ternary (dict "text" .Values.policy) .Values.policy (kindIs "string" .Values.policy) | toJson }}
{{- end }}

{{/* The server talks to the API server: "true" or "false". */}}
{{- define "backup-guard.asks" -}}
{{ or .Values.cache .Values.events.enabled (eq .Values.tls.source "selfManaged") }}
{{- end }}

{{- define "backup-guard.image" -}}
image: {{ .Values.image.repository }}
{{- if or .Values.image.tag (not .Values.image.digest) }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
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
