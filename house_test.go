package oktaintegration_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rezonate-io/okta-integration"

// A source is one Go file of the root module.
type source struct {
	path    string // with slashes, from the root
	dir     string
	test    bool
	file    *ast.File
	imports map[string]string // by the name in the file
}

// sources parses the Go files of the root module.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		p = filepath.ToSlash(p)
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil && p != "." || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != "." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s := source{path: p, dir: path.Dir(p), test: strings.HasSuffix(p, "_test.go"), file: f, imports: make(map[string]string)}
		for _, spec := range f.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			name := packageName(target)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			s.imports[name] = target
		}
		all = append(all, s)
		return nil
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

// packageName guesses the name of a package from its path.
func packageName(p string) string {
	base := path.Base(p)
	if strings.HasPrefix(base, "v") && len(base) == 2 {
		base = path.Base(path.Dir(p))
	}
	return strings.TrimPrefix(base, "go-")
}

// Packages depend on each other in one direction only, and each third-party
// module is used where it belongs.
func TestImports(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{ // of this module's packages, without tests
		".":                           {},
		"scopes":                      {},
		"oktaint":                     {"oktaint/durable", "scopes"},
		"oktaint/durable":             {},
		"oktaint/durable/durabletest": {"oktaint/durable"},
		"oktaint/oktatest":            {"scopes"},
		"oauthapp":                    {"oktaint", "oktaint/durable", "scopes", "oauthapp/request"},
		"oauthapp/request":            {"oktaint", "scopes"},
		"remediation":                 {"oktaint", "oktaint/durable", "scopes"},
	}
	for _, s := range sources(t) {
		for _, target := range s.imports {
			switch {
			case strings.Contains(target, "jarcoal/httpmock"), strings.Contains(target, "google/go-cmp"):
				if !s.test {
					t.Errorf("%s imports %s outside of a test", s.path, target)
				}
			case strings.Contains(target, "go-jose"), strings.Contains(target, "go-retryablehttp"):
				if s.dir != "oktaint" {
					t.Errorf("%s imports %s: only oktaint does", s.path, target)
				}
			case strings.HasPrefix(target, module+"/") && !s.test && !strings.HasPrefix(s.dir, "examples/"):
				ours, ok := allowed[s.dir]
				if !ok {
					t.Errorf("%s is in a package whose direction is not laid down", s.path)
				}
				found := false
				for _, a := range ours {
					found = found || target == module+"/"+a
				}
				if ok && !found {
					t.Errorf("%s imports %s against the direction", s.path, target)
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
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch name := s.imports[x.Name] + "." + sel.Sel.Name; name {
			case "net/http.DefaultClient":
				if s.path != "oktaint/client.go" {
					t.Errorf("%s uses http.DefaultClient", s.path)
				}
			case "net/http.Get", "net/http.Post", "net/http.PostForm", "net/http.Head",
				"github.com/jarcoal/httpmock.Activate", "github.com/jarcoal/httpmock.ActivateNonDefault":
				t.Errorf("%s uses %s", s.path, name)
			case "time.Sleep":
				if s.test && s.imports["synctest"] == "" {
					t.Errorf("%s sleeps by the clock", s.path)
				}
			case "fmt.Print", "fmt.Println", "fmt.Printf", "log.Print", "log.Printf", "log.Println", "log.Fatal":
				if !s.test && !strings.HasPrefix(s.dir, "examples/") {
					t.Errorf("%s uses %s", s.path, name)
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
		if s.test || s.file.Name.Name == "main" {
			continue
		}
		check := func(name string, n ast.Node) {
			ast.Inspect(n, func(n ast.Node) bool {
				if f, ok := n.(*ast.Field); ok && len(f.Names) > 0 && !f.Names[0].IsExported() && isStructField(s.file, f) {
					return false // an unexported field is nobody's business
				}
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok {
						target := s.imports[x.Name]
						if strings.Contains(target, ".") && !strings.HasPrefix(target, module) && !strings.HasPrefix(target, "golang.org/x/oauth2") {
							t.Errorf("%s: %s has a type of %s", s.path, name, target)
						}
					}
				}
				return true
			})
		}
		for _, d := range s.file.Decls {
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
		if s.test || s.file.Name.Name == "main" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), s.path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d)) && d.Name.Name != "Error" && d.Name.Name != "Unwrap" {
					t.Errorf("%s: %s has no comment", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
						t.Errorf("%s: %s has no comment", s.path, ts.Name.Name)
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
