// Renders a chart as Helm 3 does: the same template engine, sprig, and the few functions that Helm adds. No cluster: `lookup` finds nothing.
// Arguments: the folder of the chart, and values as JSON on standard input. Output, as JSON: the values merged with the chart's own, and the
// text of each template by its name. A template that refuses ends it with 1 and says why.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type files string

func (folder files) Get(name string) string {
	text, err := os.ReadFile(filepath.Join(string(folder), name))
	if err != nil {
		return ""
	}
	return string(text)
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	var own, given, chart map[string]interface{}
	if err := read(filepath.Join(folder, "values.yaml"), &own); err != nil {
		return err
	}
	if err := read(filepath.Join(folder, "Chart.yaml"), &chart); err != nil {
		return err
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return err
	}
	values := merge(own, given)
	release := map[string]interface{}{"Name": "edge", "Namespace": "gateways", "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1}
	about := map[string]interface{}{"Name": chart["name"], "Version": chart["version"], "AppVersion": chart["appVersion"]}
	data := map[string]interface{}{"Values": values, "Release": release, "Chart": about, "Files": files(folder)}

	root := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["include"] = func(name string, data interface{}) (string, error) {
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	functions["tpl"] = func(text string, data interface{}) (string, error) {
		own, err := root.Clone()
		if err != nil {
			return "", err
		}
		parsed, err := own.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var out strings.Builder
		err = parsed.Execute(&out, data)
		return out.String(), err
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	functions["toYaml"] = toYaml
	functions["fromYaml"] = func(text string) (map[string]interface{}, error) {
		var value map[string]interface{}
		err := decode([]byte(text), &value)
		return value, err
	}
	functions["lookup"] = func(...string) map[string]interface{} { return map[string]interface{}{} }
	root.Funcs(functions)

	names, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	if err != nil {
		return err
	}
	sort.Strings(names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := root.New(filepath.Base(name)).Parse(string(text)); err != nil {
			return err
		}
	}
	rendered := map[string]string{}
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "_") {
			continue
		}
		data["Template"] = map[string]interface{}{"Name": "headgate/templates/" + base, "BasePath": "headgate/templates"}
		var out strings.Builder
		if err := root.ExecuteTemplate(&out, base, data); err != nil {
			return err
		}
		// As Helm does: a field that is not there prints as nothing.
		rendered[base] = strings.ReplaceAll(out.String(), "<no value>", "")
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]interface{}{"values": values, "rendered": rendered})
}

// Maps are merged, everything else is replaced, and null takes a value of the chart away.
func merge(own, given map[string]interface{}) map[string]interface{} {
	out := map[string]interface{}{}
	for key, value := range own {
		out[key] = value
	}
	for key, value := range given {
		below, isMap := value.(map[string]interface{})
		above, wasMap := out[key].(map[string]interface{})
		switch {
		case value == nil:
			delete(out, key)
		case isMap && wasMap:
			out[key] = merge(above, below)
		default:
			out[key] = value
		}
	}
	return out
}

func read(name string, into interface{}) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return decode(text, into)
}

// Through JSON, as Helm does: every number is a float64 in a template.
func decode(text []byte, into interface{}) error {
	var value interface{}
	if err := yaml.Unmarshal(text, &value); err != nil {
		return err
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, into)
}

func toYaml(value interface{}) (string, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	// JSON is YAML: read so, whole numbers are whole again.
	var again yaml.Node
	if err := yaml.Unmarshal(plain, &again); err != nil {
		return "", err
	}
	var loose interface{}
	if err := again.Decode(&loose); err != nil {
		return "", err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(loose); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}
