package inventory

import (
	"encoding/json"
	"testing"
)

func TestKeyOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key          []string
		object, want string
	}{
		{[]string{"id"}, `{"id":"00u1"}`, "00u1"},
		{[]string{"id"}, `{"id":7}`, "7"},
		{[]string{"id"}, `{"name":"x"}`, ""},
		{[]string{"id"}, `[]`, ""},
		{[]string{"id", "type"}, `{"type":"USER","id":"00u1"}`, "00u1 USER"},
		{nil, `{"id":"00u1"}`, ""},
	} {
		if got := (&Resource{Key: tt.key}).keyOf(json.RawMessage(tt.object)); got != tt.want {
			t.Errorf("%q of %s: %q, want %q", tt.key, tt.object, got, tt.want)
		}
	}
}

// Objects without a key are told apart by all of them.
func TestKeyOfKeyless(t *testing.T) {
	t.Parallel()
	r := &Resource{Key: []string{"id", "type"}}
	a, b := r.KeyOf(json.RawMessage(`{"$id":"a"}`)), r.KeyOf(json.RawMessage(`{"$id":"b"}`))
	if a == b || a == "" || a != r.KeyOf(json.RawMessage(`{"$id":"a"}`)) {
		t.Errorf("keys %q and %q", a, b)
	}
	if got := new(Resource).KeyOf(json.RawMessage(`{"$id":"a"}`)); got != "" {
		t.Errorf("the key of a single object: %q", got)
	}
}

func TestParamOf(t *testing.T) {
	t.Parallel()
	parent := &Resource{Key: []string{"id", "type"}}
	for _, tt := range []struct{ param, object, want string }{
		{"", `{"id":"00u1","type":"USER"}`, "00u1"},
		{"_links.schema.href", `{"_links":{"schema":{"href":"https://acme.okta.com/api/v1/meta/schemas/user/osc1"}}}`, "osc1"},
		{"_links.schema.href", `{"_links":{}}`, ""},
		{"_links.schema.href", `{"_links":[]}`, ""},
	} {
		if got := parent.paramOf(json.RawMessage(tt.object), &Resource{marks: marks{param: tt.param}}); got != tt.want {
			t.Errorf("%s of %s: %q, want %q", tt.param, tt.object, got, tt.want)
		}
	}
}

// What is not understood of a secret is not handed on.
func TestKeep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		marks        marks
		full         bool
		object, want string
	}{
		{marks{}, false, `{"id":"a","b":1}`, `{"id":"a","b":1}`},
		{marks{ids: true}, false, `{"id":"a","b":1}`, `{"id":"a"}`},
		{marks{ids: true}, true, `{"id":"a","b":1}`, `{"id":"a","b":1}`},
		{marks{noSecrets: true}, true, `{"id":"a","client_secret":"x","secret":"x","secret_hash":"h"}`, `{"id":"a","secret_hash":"h"}`},
		{marks{noSecrets: true}, true, `["x"]`, `{}`},
	} {
		r := &Resource{Key: []string{"id"}, marks: tt.marks}
		if got := r.keep(json.RawMessage(tt.object), tt.full); string(got) != tt.want {
			t.Errorf("%+v of %s: %s, want %s", tt.marks, tt.object, got, tt.want)
		}
	}
}
