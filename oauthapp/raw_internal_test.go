package oauthapp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// stepKinds returns the value of every constant of the type StepKind.
func stepKinds(t *testing.T) []StepKind {
	t.Helper()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []StepKind
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "StepKind" {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, StepKind(value))
			}
			return true
		})
	}
	return kinds
}

// Every kind of step has requests, but for those that only read, and for
// Rollback, which has no plan.
func TestEveryStepIsShown(t *testing.T) {
	t.Parallel()
	kinds := stepKinds(t)
	if len(kinds) < 15 || !slices.Contains(kinds, StepRevokeToken) {
		t.Fatalf("found only %q", kinds)
	}
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile("testdata/rsa2048_TEST_ONLY.pem")
	if err != nil {
		t.Fatal(err)
	}
	key, err := oktaint.ParseKey(pem, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		p := &Plan{
			Desired: Desired{Label: "acme", Key: key.Public(), Scopes: scopes.Visibility, Permissions: ResponsePermissions()},
			App: &App{
				ID: "0oa1", ClientID: "0oa2", object: []byte(`{"label":"was","settings":{"oauthClient":{"jwks":{}}}}`),
				grantIDs: map[scopes.Scope]string{scopes.UsersRead: "oag1"}, roleIDs: map[string]string{"ORG_ADMIN": "ra1"},
				custom: customRole{roleID: "cr01", setID: "iam1", bound: true},
			},
			client: &oktaint.Client{Org: org},
			steps: []Step{{
				Kind: kind, Label: "acme", Role: "ORG_ADMIN", Scopes: scopes.New(scopes.UsersRead),
				Permissions: []string{"okta.users.read"}, Forbid: []string{"okta.groups.read"},
			}},
		}
		rs, err := p.RawRequests()
		switch kind {
		case StepReadBack, StepVerify, StepRollback:
			if err == nil {
				t.Errorf("%s: %d requests, and it sends none", kind, len(rs))
			}
			continue
		}
		if err != nil || len(rs) < 2 {
			t.Errorf("%s: %d requests: %v", kind, len(rs), err)
		}
		for _, r := range rs {
			if r.Purpose == "" || strings.Contains(r.Purpose, "\n") || r.Purpose == string(kind) || strings.Contains(r.URL, "//api") {
				t.Errorf("%s: %+v", kind, r)
			}
		}
	}
}

// An app object with a secret in it is not shown.
func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	r := &raws{app: App{ID: "0oa1", object: []byte(`{"credentials":{"oauthClient":{"client_secret":"hunter2"}}}`)}, marks: map[string]string{}}
	if err := r.step(Step{Kind: StepRename, Label: "new"}); err == nil || strings.Contains(err.Error(), "hunter2") || len(r.list) != 0 {
		t.Errorf("error %v, %v", err, r.list)
	}
}
