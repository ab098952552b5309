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
		``, `null`, `{}`, `[]`, `{"version":1}`, `{"version":2}`,
		`{"version":1,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t"}`,
		`{"version":1,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t","writes":{"create":"sending","grant okta.users.read":"done"},"made":{"grant okta.users.read":"oag1"}}`,
		`{"version":1,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t","writes":{"create":"removing"},"made":{"create":"0oa1"},"roles_before_grants":[]}`,
		`{"version":1,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t","writes":{"create":"lost"}}`,
		`{"version":1,"org_url":"","writes":{"create":"done"}}`, `{"version":1,"application_id":"0oa1"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, state []byte) {
		rec, err := readRecord(state)
		if err != nil {
			return
		}
		if rec.Version != 1 || rec.Org != "" && (rec.Writes == nil || rec.Made == nil || rec.Label == "" || rec.Thumbprint == "") ||
			rec.Org == "" && (rec.ApplicationID != "" || len(rec.Writes) > 0 || len(rec.Made) > 0) {
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
			!maps.Equal(again.Writes, rec.Writes) || !maps.Equal(again.Made, rec.Made) {
			t.Errorf("%+v became %+v", rec, again)
		}
	})
}
