{{- define "pcifleet.image" -}}
{{- $tag := .root.Values.image.tag | default .root.Chart.AppVersion -}}
{{- if .root.Values.image.registry }}{{ .root.Values.image.registry }}/{{ else }}pcifleet/{{ end }}{{ .name }}:{{ $tag }}
{{- end }}

{{- define "pcifleet.labels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "pcifleet.monitoring" -}}
{{ include "pcifleet.labels" . }}
{{- with .root.Values.monitoring.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}
