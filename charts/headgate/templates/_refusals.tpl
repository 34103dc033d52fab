{{/* What no schema can say: values that contradict each other, with what to do instead. */}}
{{- define "headgate.refusals" -}}
{{- $v := .Values -}}
{{- $ways := 0 -}}
{{- range (list $v.policy.text $v.policy.existingConfigMap $v.policy.volume $v.policy.path) }}{{ if . }}{{ $ways = add1 $ways }}{{ end }}{{ end -}}
{{- if ne (int $ways) 1 -}}
{{- fail (printf "policy: exactly one of policy.text, policy.existingConfigMap, policy.volume and policy.path is needed: %d are given" (int $ways)) -}}
{{- end -}}
{{- if and $v.policy.tests (not $v.policy.text) -}}
{{- fail "policy.tests stands without policy.text: put policy.tests.yaml beside the policy and set policy.hasTests" -}}
{{- end -}}
{{- $size := add (len $v.policy.text) (len $v.policy.tests) -}}
{{- if gt (int $size) 921600 -}}
{{- fail (printf "policy.text and policy.tests have %d bytes: a ConfigMap takes 921600 (900 KiB). Ways for a larger policy: (1) policy.volume with a persistentVolumeClaim or csi volume that holds policy.yaml; (2) policy.volume `emptyDir: {}` with extraInitContainers and extraContainers that fetch it from git; (3) policy.path with an image of yours, built from this one, that holds it" (int $size)) -}}
{{- end -}}
{{- $size = 0 -}}
{{- range $name, $text := $v.approvals.files }}{{ $size = add $size (len $text) }}{{ end -}}
{{- if gt (int $size) 921600 -}}
{{- fail (printf "approvals.files have %d bytes: a ConfigMap takes 921600 (900 KiB). Ways: (1) sign a new baseline and delete the approvals of older generations; (2) approvals.volume with a persistentVolumeClaim or csi volume; (3) approvals.volume `emptyDir: {}` with extraInitContainers and extraContainers that fetch them from git" (int $size)) -}}
{{- end -}}
{{- $ways = 0 -}}
{{- range (list $v.approvals.files $v.approvals.existingConfigMap $v.approvals.volume) }}{{ if . }}{{ $ways = add1 $ways }}{{ end }}{{ end -}}
{{- if gt (int $ways) 1 -}}
{{- fail "approvals: at most one of approvals.files, approvals.existingConfigMap and approvals.volume" -}}
{{- end -}}
{{- $trust := include "headgate.trustFiles" . | fromYaml -}}
{{- if and (gt (int $v.approval.required) 0) (not (has "allowed_signers" $trust.files)) -}}
{{- fail (printf "approval.required is %d and approval.signers is empty: without signers nobody can approve anything, and no replica could start" (int $v.approval.required)) -}}
{{- end -}}
{{- if and (eq $v.state.kind "baseline") (eq (int $ways) 0) -}}
{{- fail "state.kind is baseline and there are no approvals: a replica without a state starts from a signed baseline (`headgate propose --baseline`); give approvals, or take state.kind volume" -}}
{{- end -}}
{{- if and (eq $v.admin.kind "port") (not $v.admin.tokensSecret) -}}
{{- fail "admin.kind is port and admin.tokensSecret is empty: beyond the pod the admin API takes nobody without a token" -}}
{{- end -}}
{{- if and $v.authorities.files (not $v.authorities.existingConfigMap) -}}
{{- fail "authorities.files stand without authorities.existingConfigMap" -}}
{{- end -}}
{{- $ports := list (int $v.metrics.port) -}}
{{- if eq $v.admin.kind "port" }}{{ $ports = append $ports (int $v.admin.port) }}{{ end -}}
{{- range $v.listeners }}{{ $ports = append $ports (int .port) }}{{ end -}}
{{- if ne (len $ports) (len (uniq $ports)) -}}
{{- fail "two of the ports of listeners, metrics and admin are one: each needs its own" -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas is %d and maxReplicas %d: the least is more than the most" (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and $v.canary.enabled (not $v.canary.settings) -}}
{{- fail "canary.enabled and canary.settings is empty: it needs network, carries, strangers and partner, as canary.yaml has them" -}}
{{- end -}}
{{- end -}}
