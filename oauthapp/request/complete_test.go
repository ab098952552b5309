package request_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryRequestHasGolden keeps functions, calls and golden files complete.
func TestEveryRequestHasGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.http")
	if err != nil {
		t.Fatal(err)
	}
	var golden []string
	for _, f := range files {
		golden = append(golden, strings.TrimSuffix(filepath.Base(f), ".http"))
	}
	called := slices.Sorted(maps.Keys(calls(t)))
	slices.Sort(golden)
	for _, name := range golden {
		if !slices.Contains(called, name) {
			t.Errorf("testdata/%s.http is not compared with any request", name)
		}
	}
	functions := requestFunctions(t)
	if len(functions) < 40 {
		t.Fatalf("%d functions build requests: the parser has missed some", len(functions))
	}
	for name := range functions {
		if !slices.Contains(golden, name) {
			t.Errorf("%s has no testdata/%s.http", name, name)
		}
	}
	for _, name := range called {
		function, _, _ := strings.Cut(name, "_")
		if functions[function] == nil {
			t.Errorf("%s is a call of no function that builds a request", name)
		}
	}
}

var (
	endpoint = regexp.MustCompile(`(?:GET|POST|PUT|DELETE) /[^ ]*[^ .,:;]`)
	variable = regexp.MustCompile(`\\\{[a-zA-Z]+\\\}`)
)

// TestDocumented checks that a doc comment names the endpoint that its request
// goes to, and the statuses of success.
func TestDocumented(t *testing.T) {
	t.Parallel()
	for name, f := range requestFunctions(t) {
		doc := strings.Join(strings.Fields(f.Doc.Text()), " ")
		golden, err := os.ReadFile(filepath.Join("testdata", name+".http"))
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(golden), " HTTP/1.1")
		line, _, _ = strings.Cut(line, "?")
		documented, _, _ := strings.Cut(endpoint.FindString(doc), "?")
		pattern := "^" + variable.ReplaceAllString(regexp.QuoteMeta(documented), "[^/]+") + "$"
		if !regexp.MustCompile(pattern).MatchString(line) {
			t.Errorf("%s is documented as %q and goes to %q", name, documented, line)
		}
		if !regexp.MustCompile(`Success is 20[014][ .;]`).MatchString(doc) {
			t.Errorf("the comment of %s does not say what success is", name)
		}
		if !regexp.MustCompile(`Scope okta\.[a-zA-Z]+\.(read|manage)[.,; ]|It takes an API token`).MatchString(doc) {
			t.Errorf("the comment of %s does not say what it takes", name)
		}
	}
}

// TestBuiltInOnePlace checks that no request is built but by Org.NewRequest,
// which escapes ids and sets the headers.
func TestBuiltInOnePlace(t *testing.T) {
	t.Parallel()
	for name, f := range requestFunctions(t) {
		last, ok := f.Body.List[len(f.Body.List)-1].(*ast.ReturnStmt)
		if !ok || len(last.Results) != 1 {
			t.Errorf("%s does not end with the return of a call", name)
			continue
		}
		made, ok := last.Results[0].(*ast.CallExpr)
		if !ok {
			t.Errorf("%s does not end with the return of a call", name)
			continue
		}
		method, ok := made.Fun.(*ast.SelectorExpr)
		if !ok || method.Sel.Name != "NewRequest" {
			t.Errorf("%s does not return what NewRequest returns", name)
			continue
		}
		if from, ok := method.X.(*ast.Ident); !ok || from.Name != "org" {
			t.Errorf("%s does not return a request of its org", name)
		}
	}
}

// requestFunctions returns the exported functions that build requests.
func requestFunctions(t *testing.T) map[string]*ast.FuncDecl {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	functions := make(map[string]*ast.FuncDecl)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Name.IsExported() && returnsRequest(f) {
				functions[f.Name.Name] = f
			}
		}
	}
	return functions
}

func returnsRequest(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	star, ok := f.Type.Results.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	selector, ok := star.X.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Request"
}
