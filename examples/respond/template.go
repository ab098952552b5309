package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/remediation"
)

// A template is an action of the command line, whose user and group may be those
// of --user and --group.
type template struct {
	kind   remediation.Kind
	fields map[string]json.RawMessage
}

// unsaid are the fields that the command takes for true where nothing is said of
// them: whoever responds to an attack wants tokens gone as well as sessions, and
// a password cannot be given on a command line.
var unsaid = map[remediation.Kind][]string{
	remediation.KindClearSessions: {"oauth_tokens", "forget_devices"},
	remediation.KindSetPassword:   {"random"},
}

func parseKind(name string) (remediation.Kind, error) {
	kind := remediation.Kind(name)
	if !slices.Contains(remediation.Kinds(), kind) {
		return "", fmt.Errorf("there is no action %.60q: see --list-actions", name)
	}
	return kind, nil
}

// parseTemplate reads a kind, or a JSON object with a kind and fields.
func parseTemplate(text string) (template, error) {
	t := template{fields: map[string]json.RawMessage{}}
	name := text
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if err := json.Unmarshal([]byte(text), &t.fields); err != nil {
			return t, fmt.Errorf("it is no JSON object: %w", err)
		}
		if err := json.Unmarshal(t.fields["kind"], &name); err != nil {
			return t, fmt.Errorf(`it has no kind: write {"kind":"clear_sessions",...}`)
		}
	}
	var err error
	if t.kind, err = parseKind(name); err != nil {
		return t, err
	}
	facts := remediation.Sample(t.kind).Facts()
	t.set("kind", facts.Kind)
	t.set("version", facts.Version)
	for _, field := range unsaid[t.kind] {
		t.set(field, true)
	}
	_, err = t.action(nil) // the names and the types of its fields
	return t, err
}

// set fills in a field that was not given.
func (t template) set(field string, value any) {
	if _, ok := t.fields[field]; ok {
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic("respond: " + err.Error()) // they are strings and numbers
	}
	t.fields[field] = text
}

// wants reports whether a field is left to be filled in.
func (t template) wants(field string) bool {
	_, given := t.fields[field]
	return !given && slices.ContainsFunc(fieldsOf(t.kind), func(f actionField) bool { return f.name == field })
}

// action returns the action with these fields filled in where they are wanted.
func (t template) action(fill map[string]string) (remediation.Action, error) {
	full := template{t.kind, maps.Clone(t.fields)}
	for name, value := range fill {
		if value != "" && t.wants(name) {
			full.set(name, value)
		}
	}
	text, err := json.Marshal(full.fields)
	if err != nil {
		return nil, err
	}
	return remediation.ParseAction(text)
}

// A actionField is a field of an action's JSON.
type actionField struct {
	name string
	kind reflect.Kind
}

// fieldsOf lists the fields of an action's JSON, without its kind and version.
func fieldsOf(kind remediation.Kind) []actionField {
	var all []actionField
	for f := range reflect.TypeOf(remediation.Sample(kind)).Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			all = append(all, actionField{name, f.Type.Kind()})
		}
	}
	return all
}
