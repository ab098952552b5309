package remediation_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	endpoint = regexp.MustCompile(`(?:POST|PUT|DELETE) /api/v1/[^ ]*[^ .,:;]`)
	variable = regexp.MustCompile(`\\\{[a-zA-Z]+\\\}`)
)

// TestDocumented checks that the comment of each action names the endpoint that
// its golden request goes to.
func TestDocumented(t *testing.T) {
	t.Parallel()
	docs := typeDocs(t)
	for name, a := range goldens() {
		golden, err := os.ReadFile(filepath.Join("testdata", name+".http"))
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(golden), " HTTP/1.1")
		line, _, _ = strings.Cut(line, "?")
		documented := endpoint.FindString(docs[typeOf(a)])
		pattern := "^" + variable.ReplaceAllString(regexp.QuoteMeta(documented), "[^/]+") + "$"
		if !regexp.MustCompile(pattern).MatchString(line) {
			t.Errorf("%s is documented as %q and goes to %q", typeOf(a), documented, line)
		}
	}
}

// typeDocs returns the comments of the package's types, each on one line.
func typeDocs(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	docs := make(map[string]string)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.TYPE && len(d.Specs) == 1 {
				docs[d.Specs[0].(*ast.TypeSpec).Name.Name] = strings.Join(strings.Fields(d.Doc.Text()), " ")
			}
		}
	}
	return docs
}
