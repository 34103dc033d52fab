{{/* headgate.yaml: what the chart decides (places, ports, drain) and what the values say. */}}
{{- define "headgate.settings" -}}
{{- $v := .Values -}}
{{- $s := deepCopy $v.settings -}}
{{- $listeners := list -}}
{{- range $v.listeners -}}
{{- $address := printf "%s:%d" $v.bindAddress (int .port) -}}
{{- $listeners = append $listeners (merge (dict "address" $address) (omit . "port" "servicePort" "expose")) -}}
{{- end -}}
{{- $_ := set $s "listeners" $listeners -}}
{{- $_ := set $s "metrics" (dict "address" (printf "%s:%d" $v.bindAddress (int $v.metrics.port))) -}}
{{- $_ := set $s "policy" (include "headgate.policyFile" .) -}}
{{- if or $v.policy.tests $v.policy.hasTests -}}
{{- $_ := set $s "tests" (printf "%s/policy.tests.yaml" (dir (include "headgate.policyFile" .))) -}}
{{- end -}}
{{- $_ := set $s "approvals" "/srv/headgate/approvals" -}}
{{- $_ := set $s "state" "/var/lib/headgate/state" -}}
{{- $_ := set $s "limits" (merge (dict "drainTimeout" (printf "%ds" (int $v.drain.timeoutSeconds))) (default dict $s.limits)) -}}
{{- $approval := dict "required" (int $v.approval.required) -}}
{{- with $v.approval.groups }}{{ $_ := set $approval "groups" . }}{{ end -}}
{{- with $v.approval.audience }}{{ $_ := set $approval "audience" . }}{{ end -}}
{{- $trust := include "headgate.trustFiles" . | fromYaml -}}
{{- if has "allowed_signers" $trust.files }}{{ $_ := set $approval "signers" "/srv/headgate/trust/allowed_signers" }}{{ end -}}
{{- if has "revoked" $trust.files }}{{ $_ := set $approval "revoked" "/srv/headgate/trust/revoked" }}{{ end -}}
{{- if has "ceiling.yaml" $trust.files }}{{ $_ := set $s "ceiling" "/srv/headgate/trust/ceiling.yaml" }}{{ end -}}
{{- $_ := set $s "approval" $approval -}}
{{- if $v.keys -}}
{{- $keys := dict -}}
{{- range $id, $_ := $v.keys }}{{ $_ := set $keys $id (printf "/srv/headgate/keys/%s" $id) }}{{ end -}}
{{- $_ := set $s "keys" $keys -}}
{{- end -}}
{{- if $v.authorities.files -}}
{{- $ca := list -}}
{{- range $v.authorities.files }}{{ $ca = append $ca (printf "/srv/headgate/authorities/%s" .) }}{{ end -}}
{{- $_ := set $s "destinations" (merge (dict "tls" (dict "ca" $ca)) (default dict $s.destinations)) -}}
{{- end -}}
{{- if eq $v.admin.kind "socket" -}}
{{- $_ := set $s "admin" (dict "address" "unix:/run/headgate/admin.sock") -}}
{{- else if eq $v.admin.kind "port" -}}
{{- $tokens := dict -}}
{{- range $v.admin.tokens }}{{ $_ := set $tokens . (printf "/srv/headgate/tokens/%s" .) }}{{ end -}}
{{- $_ := set $s "admin" (dict "address" (printf "%s:%d" $v.bindAddress (int $v.admin.port)) "tokens" $tokens) -}}
{{- end -}}
{{- if $v.redis -}}
{{- $redis := deepCopy $v.redis -}}
{{- if $v.redisPassword.secret }}{{ $_ := set $redis "passwordFile" "/srv/headgate/redis/password" }}{{ end -}}
{{- $_ := set $s "redis" $redis -}}
{{- end -}}
{{- toYaml $s -}}
{{- end -}}

{{/* What only a start reads: a change of it rolls the pods, a change of anything else is taken while they run. */}}
{{- define "headgate.restartOnly" -}}
{{- $s := include "headgate.settings" . | fromYaml -}}
{{- $listeners := list -}}
{{- range $s.listeners }}{{ $listeners = append $listeners (omit . "kind" "clients" "trust" "mirror" "as") }}{{ end -}}
{{- $rest := omit $s "listeners" "canary" "destinations" "connect" "tests" "ceiling" "keys" "approval" "maxYears" "skew" -}}
{{- toJson (set $rest "listeners" $listeners) | sha256sum -}}
{{- end -}}

{{- define "headgate.policyFile" -}}
{{- default "/srv/headgate/policy/policy.yaml" .Values.policy.path -}}
{{- end -}}

{{/* { files }: which of allowed_signers, revoked and ceiling.yaml there are. */}}
{{- define "headgate.trustFiles" -}}
{{- $a := .Values.approval -}}
{{- $files := list -}}
{{- if $a.existingConfigMap -}}
{{- $files = $a.existingFiles -}}
{{- else -}}
{{- if $a.signers }}{{ $files = append $files "allowed_signers" }}{{ end -}}
{{- if $a.revoked }}{{ $files = append $files "revoked" }}{{ end -}}
{{- if $a.ceiling }}{{ $files = append $files "ceiling.yaml" }}{{ end -}}
{{- end -}}
{{- toYaml (dict "files" $files) -}}
{{- end -}}
