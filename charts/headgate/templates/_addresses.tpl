{{/* An address or prefix as a prefix. */}}
{{- define "headgate.cidr" -}}
{{- if contains "/" . -}}{{ . }}{{- else if contains ":" . -}}{{ . }}/128{{- else -}}{{ . }}/32{{- end -}}
{{- end -}}

{{/* `192.0.2.7:80` or `[2001:db8::7]:80` as a rule of a NetworkPolicy's egress. */}}
{{- define "headgate.egressTo" -}}
- to: [{ ipBlock: { cidr: {{ include "headgate.cidr" (regexReplaceAll ":[0-9]+$" . "" | trimPrefix "[" | trimSuffix "]") | quote }} } }]
  ports: [{ protocol: TCP, port: {{ regexFind "[0-9]+$" . }} }]
{{- end -}}

{{/* The internet: everything but what the gateway itself refuses as private. */}}
{{- define "headgate.everywhere" -}}
{{- if has "ipv4" .Values.networkPolicy.families }}
- ipBlock:
    cidr: 0.0.0.0/0
    except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
{{- end }}
{{- if has "ipv6" .Values.networkPolicy.families }}
- ipBlock:
    cidr: "::/0"
    except: ["fc00::/7", "fe80::/10"]
{{- end }}
{{- end -}}
