{{/* The pod of a replica, of a StatefulSet and of a Deployment. */}}
{{- define "headgate.pod" -}}
{{- $v := .Values -}}
{{- $trust := include "headgate.trustFiles" . | fromYaml -}}
metadata:
  labels:
    {{- include "headgate.podLabels" (dict "root" . "component" "gateway") | nindent 4 }}
    {{- with $v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    headgate/restart-only-settings: {{ include "headgate.restartOnly" . }}
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "headgate.placement" . | nindent 2 }}
  {{- with $v.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ add (int $v.drain.beforeSeconds) (int $v.drain.timeoutSeconds) 10 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: topology.kubernetes.io/zone
      whenUnsatisfiable: {{ $v.topologySpread.zone }}
      labelSelector:
        matchLabels: {{- include "headgate.selector" (dict "root" . "component" "gateway") | nindent 10 }}
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: {{ $v.topologySpread.node }}
      labelSelector:
        matchLabels: {{- include "headgate.selector" (dict "root" . "component" "gateway") | nindent 10 }}
  {{- with $v.extraInitContainers }}
  initContainers: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: gateway
      image: {{ include "headgate.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: [serve, --config, /etc/headgate/headgate.yaml]
      {{- with $v.extraEnv }}
      env: {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext: {{- include "headgate.containerSecurity" . | nindent 8 }}
      ports:
        {{- range $v.listeners }}
        - name: {{ printf "l-%d" (int .port) }}
          containerPort: {{ int .port }}
        {{- end }}
        - name: metrics
          containerPort: {{ int $v.metrics.port }}
        {{- if eq $v.admin.kind "port" }}
        - name: admin
          containerPort: {{ int $v.admin.port }}
        {{- end }}
      startupProbe:
        httpGet: { path: /livez, port: metrics }
        periodSeconds: 1
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /livez, port: metrics }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        httpGet: { path: /readyz, port: metrics }
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: 2
      lifecycle:
        preStop:
          exec:
            # The image has no shell and no `sleep`. After this comes SIGTERM, and what is in flight finishes.
            command: [/nodejs/bin/node, -e, "setTimeout(() => {}, {{ mul (int $v.drain.beforeSeconds) 1000 }})"]
      resources: {{- toYaml $v.resources | nindent 8 }}
      volumeMounts:
        - { name: settings, mountPath: /etc/headgate, readOnly: true }
        {{- if not $v.policy.path }}
        - { name: policy, mountPath: /srv/headgate/policy, readOnly: true }
        {{- end }}
        {{- if or $v.approvals.files $v.approvals.existingConfigMap $v.approvals.volume }}
        - { name: approvals, mountPath: /srv/headgate/approvals, readOnly: true }
        {{- end }}
        {{- if $trust.files }}
        - { name: trust, mountPath: /srv/headgate/trust, readOnly: true }
        {{- end }}
        {{- if $v.keys }}
        - { name: keys, mountPath: /srv/headgate/keys, readOnly: true }
        {{- end }}
        {{- if $v.authorities.files }}
        - { name: authorities, mountPath: /srv/headgate/authorities, readOnly: true }
        {{- end }}
        {{- if eq $v.admin.kind "port" }}
        - { name: tokens, mountPath: /srv/headgate/tokens, readOnly: true }
        {{- end }}
        {{- if $v.redisPassword.secret }}
        - { name: redis, mountPath: /srv/headgate/redis, readOnly: true }
        {{- end }}
        - { name: state, mountPath: /var/lib/headgate }
        - { name: run, mountPath: /run/headgate }
        - { name: tmp, mountPath: /tmp }
        {{- with $v.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with $v.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: settings
      configMap: { name: {{ include "headgate.fullname" . }}-settings }
    {{- include "headgate.policyVolume" . | nindent 4 }}
    {{- if $v.approvals.volume }}
    - name: approvals
      {{- toYaml $v.approvals.volume | nindent 6 }}
    {{- else if or $v.approvals.files $v.approvals.existingConfigMap }}
    - name: approvals
      configMap: { name: {{ default (printf "%s-approvals" (include "headgate.fullname" .)) $v.approvals.existingConfigMap }} }
    {{- end }}
    {{- if $trust.files }}
    - name: trust
      configMap: { name: {{ default (printf "%s-trust" (include "headgate.fullname" .)) $v.approval.existingConfigMap }} }
    {{- end }}
    {{- if $v.keys }}
    - name: keys
      projected:
        defaultMode: 0440
        sources:
          {{- range $id, $key := $v.keys }}
          - secret:
              name: {{ default (printf "%s-keys" (include "headgate.fullname" $)) $key.secret }}
              items: [{ key: {{ default $id $key.key }}, path: {{ $id }} }]
          {{- end }}
    {{- end }}
    {{- if $v.authorities.files }}
    - name: authorities
      configMap: { name: {{ $v.authorities.existingConfigMap }} }
    {{- end }}
    {{- if eq $v.admin.kind "port" }}
    - name: tokens
      secret: { secretName: {{ $v.admin.tokensSecret }}, defaultMode: 0440 }
    {{- end }}
    {{- if $v.redisPassword.secret }}
    - name: redis
      secret:
        secretName: {{ $v.redisPassword.secret }}
        defaultMode: 0440
        items: [{ key: {{ $v.redisPassword.key }}, path: password }]
    {{- end }}
    {{- if eq $v.state.kind "baseline" }}
    - name: state
      emptyDir: { sizeLimit: {{ $v.state.size }} }
    {{- end }}
    - name: run
      emptyDir: { medium: Memory, sizeLimit: 1Mi }
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
    {{- with $v.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* A folder, never a subPath: kubelet swaps it whole, and the gateway sees that while it runs. */}}
{{- define "headgate.policyVolume" -}}
{{- $v := .Values -}}
{{- if $v.policy.volume -}}
- name: policy
  {{- toYaml $v.policy.volume | nindent 2 }}
{{- else if not $v.policy.path -}}
- name: policy
  configMap: { name: {{ default (printf "%s-policy" (include "headgate.fullname" .)) $v.policy.existingConfigMap }} }
{{- end -}}
{{- end -}}
