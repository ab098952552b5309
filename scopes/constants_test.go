package scopes_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/scopes"
)

// longNames has the words that a constant spells out where Okta abbreviates.
var longNames = map[string]string{"dr": "disasterRecovery"}

// constants returns the constants of type Scope in constants.go by name.
func constants(t *testing.T) map[string]scopes.Scope {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "constants.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]scopes.Scope)
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			t.Fatalf("constants.go has more than constants: %T", decl)
		}
		for _, spec := range gen.Specs {
			name, value := constant(t, spec.(*ast.ValueSpec))
			found[name] = value
		}
	}
	return found
}

// constant takes a line such as UsersRead Scope = "okta.users.read" apart.
func constant(t *testing.T, spec *ast.ValueSpec) (string, scopes.Scope) {
	t.Helper()
	name := spec.Names[0].Name
	typ, ok := spec.Type.(*ast.Ident)
	if !ok || typ.Name != "Scope" || len(spec.Names) != 1 || len(spec.Values) != 1 {
		t.Fatalf("%s is not a single constant of type Scope", name)
	}
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok {
		t.Fatalf("%s is not set to a literal", name)
	}
	value, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	return name, scopes.Scope(value)
}

func TestConstantsAreTheCatalogue(t *testing.T) {
	t.Parallel()
	byScope := make(map[scopes.Scope]string)
	for name, scope := range constants(t) {
		if other, twice := byScope[scope]; twice {
			t.Errorf("%s and %s are both %s", other, name, scope)
		}
		byScope[scope] = name
		if !scope.Known() {
			t.Errorf("%s = %q is not in the catalogue", name, scope)
		}
	}
	for info := range scopes.Catalogue() {
		if byScope[info.Scope] == "" {
			t.Errorf("%s has no constant", info.Scope)
		}
	}
	if len(byScope) != 165 {
		t.Errorf("%d constants, want 165", len(byScope))
	}
}

// TestConstantsAreNamedByTheirValue catches a name that was given the value of
// its neighbour.
func TestConstantsAreNamedByTheirValue(t *testing.T) {
	t.Parallel()
	for name, scope := range constants(t) {
		var want strings.Builder
		for word := range strings.SplitSeq(strings.TrimPrefix(string(scope), "okta."), ".") {
			if long := longNames[word]; long != "" {
				word = long
			}
			want.WriteString(word)
		}
		if !strings.EqualFold(name, want.String()) {
			t.Errorf("%s = %q, whose name would be %s", name, scope, want.String())
		}
	}
}
