package main

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// What a role shows tells which role it is, if few show the same.
func TestGuess(t *testing.T) {
	t.Parallel()
	named := 0
	for _, role := range oauthapp.StandardRoles() {
		f := &facts{report: inventory.Expect(scopes.Visibility, []string{role}, nil)}
		got := f.guess(scopes.Set{}) // of an API token
		if want := role != oauthapp.RoleSuperAdmin; len(got) > 0 && slices.Contains(got, role) != want || len(got) > mostGuesses {
			t.Errorf("%s: guessed %q", role, got)
		}
		if slices.Contains(got, role) {
			named++
		}
	}
	if named < 4 {
		t.Errorf("%d roles are told by what they show", named)
	}
	f := &facts{report: inventory.Expect(scopes.Visibility, []string{readOnly}, nil)}
	for i := range f.report.Rows { // what failed says nothing
		if f.report.Rows[i].Resource == "users" {
			f.report.Rows[i].Status = inventory.Failed
		}
	}
	if got := f.guess(scopes.Visibility); !slices.Equal(got, []string{readOnly}) {
		t.Errorf("guessed %q", got)
	}
	few := scopes.New(scopes.UsersRead) // which many roles show
	if got := (&facts{report: inventory.Expect(few, []string{readOnly}, nil)}).guess(few); len(got) != 0 {
		t.Errorf("guessed %q from the users alone", got)
	}
}
