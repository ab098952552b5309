package house_test

import (
	"go/ast"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/internal/house"
	"github.com/rezonate-io/okta-integration/remediation"
)

func sources(t *testing.T) []house.Source {
	t.Helper()
	all, err := house.Sources()
	if err != nil || len(all) < 20 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

// The top level is the agreed one.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	agreed := []string{
		"oktaint", "oauthapp", "scopes", "remediation", "examples", "go.mod", "go.sum", "doc.go", "README.md",
		"go.work", "go.work.sum", "CHANGELOG.md", "SECURITY.md", "LICENSE",
	}
	entries, err := os.ReadDir(house.Root)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range entries {
		switch name := e.Name(); {
		case slices.Contains(agreed, name):
			found++
		case strings.HasPrefix(name, "."), strings.HasSuffix(name, ".json"), strings.HasSuffix(name, ".pem"), strings.HasSuffix(name, ".journal"), strings.HasSuffix(name, ".jsonl"), strings.HasSuffix(name, ".next"), strings.HasSuffix(name, ".lock"):
			// dot files, and what the README's commands write
		default:
			t.Errorf("%s is not of the agreed top level", name)
		}
	}
	if found < len(agreed) {
		t.Errorf("%d of %d entries of the top level", found, len(agreed))
	}
}

// A test file bears the name of the file that it tests, and may say behind an underscore
// what of it.
func TestTestFiles(t *testing.T) {
	t.Parallel()
	files := make(map[string]bool)
	for _, s := range sources(t) {
		files[s.Path] = true
	}
	for _, s := range sources(t) {
		if !s.Test || !slices.Contains([]string{"scopes", "oktaint", "oktaint/oktatest", "oktaint/durable", "oktaint/durable/durabletest", "oktaint/inventory", "oktaint/systemlog", "oktaint/internal/house", "oktaint/internal/rawjson", "examples/internal/cli", "oauthapp", "oauthapp/internal/deliver"}, s.Dir) {
			continue
		}
		name := strings.TrimSuffix(strings.TrimSuffix(s.Path, "_test.go"), "_internal")
		base := name[len(s.Dir)+1:]
		special := slices.ContainsFunc([]string{"example", "helper", "fuzz"}, func(p string) bool { return strings.HasPrefix(base, p) }) ||
			strings.HasSuffix(base, "bench") || slices.Contains([]string{"export", "race", "norace"}, base)
		for !files[name+".go"] && strings.Contains(path.Base(name), "_") {
			name = name[:strings.LastIndexByte(name, '_')]
		}
		if !special && !files[name+".go"] {
			t.Errorf("%s bears no source file's name", s.Path)
		}
	}
}

// Packages depend on each other in one direction only, and each third-party
// module is used where it belongs.
func TestImports(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{ // of this module's packages, without tests
		".":                           {},
		"scopes":                      {},
		"oktaint/internal/house":      {},
		"oktaint":                     {"oktaint/durable", "oktaint/internal/rawjson", "scopes"},
		"oktaint/internal/rawjson":    {},
		"oktaint/durable":             {},
		"oktaint/durable/durabletest": {"oktaint/durable"},
		"oktaint/inventory":           {"oktaint", "oktaint/durable", "oktaint/systemlog", "scopes"},
		"oktaint/oktatest":            {"scopes"},
		"oktaint/systemlog":           {"oktaint"},
		"oauthapp":                    {"oktaint", "oktaint/durable", "oktaint/inventory", "scopes", "oauthapp/internal/deliver", "oauthapp/request"},
		"oauthapp/integration":        {"oktaint", "scopes", "oauthapp/internal/deliver", "oauthapp/request"},
		"oauthapp/internal/deliver":   {"oktaint", "scopes"},
		"oauthapp/request":            {"oktaint", "scopes"},
		"remediation":                 {"oktaint", "oktaint/durable", "scopes"},
		"remediation/recordertest":    {"oktaint", "remediation"},
	}
	for _, s := range sources(t) {
		for _, target := range s.Imports {
			switch {
			case strings.Contains(target, "jarcoal/httpmock"), strings.Contains(target, "google/go-cmp"):
				if !s.Test {
					t.Errorf("%s imports %s outside of a test", s.Path, target)
				}
			case strings.Contains(target, "go-jose"), strings.Contains(target, "go-retryablehttp"):
				if s.Dir != "oktaint" {
					t.Errorf("%s imports %s: only oktaint does", s.Path, target)
				}
			case strings.HasPrefix(target, house.Module+"/") && !s.Test && !strings.HasPrefix(s.Dir, "examples/"):
				ours, ok := allowed[s.Dir]
				if !ok {
					t.Errorf("%s is in a package whose direction is not laid down", s.Path)
				}
				found := false
				for _, a := range ours {
					found = found || target == house.Module+"/"+a
				}
				if ok && !found {
					t.Errorf("%s imports %s against the direction", s.Path, target)
				}
			}
		}
	}
}

// Nobody touches the global transport or client, sleeps by the real clock in a
// test, or prints where a library should return.
func TestCalls(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		ast.Inspect(s.File, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch name := s.Imports[x.Name] + "." + sel.Sel.Name; name {
			case "net/http.DefaultClient":
				if s.Path != "oktaint/client.go" {
					t.Errorf("%s uses http.DefaultClient", s.Path)
				}
			case "net/http.Get", "net/http.Post", "net/http.PostForm", "net/http.Head",
				"github.com/jarcoal/httpmock.Activate", "github.com/jarcoal/httpmock.ActivateNonDefault":
				t.Errorf("%s uses %s", s.Path, name)
			case "time.Sleep":
				if s.Test && s.Imports["synctest"] == "" {
					t.Errorf("%s sleeps by the clock", s.Path)
				}
			case "fmt.Print", "fmt.Println", "fmt.Printf", "log.Print", "log.Printf", "log.Println", "log.Fatal":
				if !s.Test && !strings.HasPrefix(s.Dir, "examples/") {
					t.Errorf("%s uses %s", s.Path, name)
				}
			}
			return true
		})
	}
}

// Exported signatures have no third-party types but those of x/oauth2.
func TestExportedTypes(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.Test || s.File.Name.Name == "main" {
			continue
		}
		check := func(name string, n ast.Node) {
			ast.Inspect(n, func(n ast.Node) bool {
				if f, ok := n.(*ast.Field); ok && len(f.Names) > 0 && !f.Names[0].IsExported() && isStructField(s.File, f) {
					return false // an unexported field is nobody's business
				}
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok {
						target := s.Imports[x.Name]
						if strings.Contains(target, ".") && !strings.HasPrefix(target, house.Module) && !strings.HasPrefix(target, "golang.org/x/oauth2") {
							t.Errorf("%s: %s has a type of %s", s.Path, name, target)
						}
					}
				}
				return true
			})
		}
		for _, d := range s.File.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() {
					check(d.Name.Name, d.Type)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() {
						check(ts.Name.Name, ts.Type)
					}
				}
			}
		}
	}
}

// isStructField reports whether f is a field of a struct in the file, rather
// than a parameter.
func isStructField(file *ast.File, f *ast.Field) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if st, ok := n.(*ast.StructType); ok {
			for _, g := range st.Fields.List {
				found = found || f == g
			}
		}
		return !found
	})
	return found
}

// Everything exported is documented.
func TestDocumented(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.Test || s.File.Name.Name == "main" {
			continue
		}
		for _, d := range s.File.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d)) && d.Name.Name != "Error" && d.Name.Name != "Unwrap" {
					t.Errorf("%s: %s has no comment", s.Path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
						t.Errorf("%s: %s has no comment", s.Path, ts.Name.Name)
					}
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	x := d.Recv.List[0].Type
	for {
		switch v := x.(type) {
		case *ast.StarExpr:
			x = v.X
		case *ast.IndexExpr:
			x = v.X
		case *ast.Ident:
			return v.IsExported()
		default:
			return false
		}
	}
}

// What onboarding gives an app for response is what guards take to look, and what the
// actions take, but those for which an administrator has to ask by name.
func TestResponsePermissions(t *testing.T) {
	t.Parallel()
	asked := []remediation.Kind{
		remediation.KindDeleteUser, remediation.KindSetPassword, remediation.KindSetProfileAttribute,
		remediation.KindRevokeGrants, remediation.KindRevokeClientGrants, remediation.KindRevokeClientTokens,
	}
	var actions []remediation.Action
	for _, kind := range remediation.Kinds() {
		if !slices.Contains(asked, kind) {
			actions = append(actions, remediation.Sample(kind))
		}
	}
	if len(actions) != len(remediation.Kinds())-len(asked) {
		t.Errorf("%d actions of %d kinds", len(actions), len(remediation.Kinds()))
	}
	want := append(remediation.Permissions(actions...), remediation.GuardPermissions(remediation.Guards{})...)
	want = slices.Compact(slices.Sorted(slices.Values(want)))
	if got := oauthapp.ResponsePermissions(); !slices.Equal(got, want) {
		t.Errorf("ResponsePermissions() = %q, want %q", got, want)
	}
}
