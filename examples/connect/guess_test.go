package main

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// sees is what was found out with a role that shows what it should.
func sees(asked scopes.Set, role string) *facts {
	f := &facts{report: inventory.Expect(asked, []string{role}, nil)}
	for i := range f.report.Rows {
		f.report.Rows[i].Requests = 1
	}
	return f
}

// What a role shows tells which role it is, if few show the same.
func TestGuess(t *testing.T) {
	t.Parallel()
	named := 0
	for _, role := range oauthapp.StandardRoles() {
		f := sees(scopes.Visibility, role)
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
	f := sees(scopes.Visibility, readOnly)
	for i := range f.report.Rows { // what failed says nothing, nor does what was not asked for
		switch row := &f.report.Rows[i]; row.Resource {
		case "users":
			row.Status = inventory.Failed
		case "group-roles":
			row.Status, row.Requests = inventory.Complete, 0
		}
	}
	if got := f.guess(scopes.Visibility); !slices.Equal(got, []string{readOnly}) {
		t.Errorf("guessed %q", got)
	}
	few := scopes.New(scopes.UsersRead) // which many roles show
	if got := sees(few, readOnly).guess(few); len(got) != 0 {
		t.Errorf("guessed %q from the users alone", got)
	}
}
