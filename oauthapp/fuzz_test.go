package oauthapp

import (
	"encoding/json"
	"maps"
	"testing"
)

// Whatever a journal holds, reading it fails or gives a record that is read the
// same after it was saved.
func FuzzJournal(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `{"version":2}`, `{"version":1}`,
		`{"version":2,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t"}`,
		`{"version":2,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t","changes":{"create":{"state":"sending"},"grant okta.users.read":{"state":"done","id":"oag1"}}}`,
		`{"version":2,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t","changes":{"create":{"state":"removing","id":"0oa1"},"rename":{"state":"done","before":"\"old\""}},"roles_before_grants":[]}`,
		`{"version":2,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t","changes":{"create":{"state":"lost"}}}`,
		`{"version":2,"org_url":"","changes":{"create":{"state":"done"}}}`, `{"version":2,"application_id":"0oa1"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, state []byte) {
		rec, err := readRecord(state)
		if err != nil {
			return
		}
		if rec.Version != recordVersion || rec.Org != "" && (rec.Changes == nil || rec.Label == "" || rec.Thumbprint == "") ||
			rec.Org == "" && (rec.ApplicationID != "" || len(rec.Changes) > 0) {
			t.Errorf("accepted %q as %+v", state, rec)
		}
		saved, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readRecord(saved)
		if err != nil {
			t.Fatalf("%q was accepted, %q is not: %v", state, saved, err)
		}
		if again.Org != rec.Org || again.Label != rec.Label || again.Thumbprint != rec.Thumbprint ||
			again.ApplicationID != rec.ApplicationID || again.ClientID != rec.ClientID ||
			!maps.EqualFunc(again.Changes, rec.Changes, func(a, b *entry) bool { return a.State == b.State && a.ID == b.ID && a.Theirs == b.Theirs }) {
			t.Errorf("%+v became %+v", rec, again)
		}
	})
}

// Whatever an app object holds, it is taken for a service app only if it is one with
// an id, and changing it keeps every member that the change does not name.
func FuzzAppObject(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `[]`, `{}`, `{"id":""}`, `{"id":7}`, `{"id":"0oa1","name":"oidc_client"}`,
		`{"id":"0oa1","name":"oidc_client","label":"a","status":"ACTIVE","credentials":{"oauthClient":{"client_id":"c1"}},"settings":{"oauthClient":{"application_type":"service","jwks":{"keys":[{"kty":"RSA"}]},"dpop_bound_access_tokens":true,"network":{"connection":"ZONE","include":["nzo1"]}}},"profile":{"n":9007199254740993}}`,
		`{"id":"0oa1","name":"oidc_client","status":"DELETED","credentials":null,"settings":{"oauthClient":{"application_type":"service"}}}`,
		`{"id":"0oa1","name":"oidc_client","credentials":{"oauthClient":[]},"settings":{"oauthClient":{"application_type":"service","jwks":null}}}`,
	} {
		f.Add([]byte(seed))
	}
	change := map[string]any{"label": "new", "settings": map[string]any{"oauthClient": map[string]any{"dpop_bound_access_tokens": true}}}
	f.Fuzz(func(t *testing.T, body []byte) {
		var a appObject
		if json.Unmarshal(body, &a) != nil {
			return
		}
		c, ok := a.candidate()
		if ok && (c.ID == "" || c.ClientID == "" || a.Name != "oidc_client" || a.Status == "DELETED" || c.Active != (a.Status == "ACTIVE")) {
			t.Errorf("%q is taken for the service app %+v", body, c.App)
		}
		if !ok {
			return
		}
		changed, err := merge(a.raw, change)
		if err != nil {
			return
		}
		var before, after map[string]json.RawMessage
		if json.Unmarshal(a.raw, &before) != nil || json.Unmarshal(changed, &after) != nil {
			t.Fatalf("%q became %q", body, changed)
		}
		for name := range before {
			if _, kept := after[name]; !kept {
				t.Errorf("%q became %q: %q is lost", body, changed, name)
			}
		}
		var again appObject
		if err := json.Unmarshal(changed, &again); err != nil || again.Label != "new" {
			t.Errorf("%q became %q: %v", body, changed, err)
		}
	})
}

// Whatever the endpoint of keys answers, it is a list of keys or an error.
func FuzzKeys(f *testing.F) {
	for _, seed := range []string{``, `null`, `{}`, `[]`, `[{"kid":"1"}]`, `{"keys":[]}`, `{"keys":null}`, `{"jwks":{"keys":[{"kid":"1"}]}}`, `{"jwks":null,"keys":[7]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := parseKeys(body)
		if (err == nil) == (keys == nil) {
			t.Errorf("%q: %q, %v", body, keys, err)
		}
		for _, k := range keys {
			if !json.Valid(k) {
				t.Errorf("%q has the key %q", body, k)
			}
		}
	})
}
