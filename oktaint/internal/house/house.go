// Package house holds the rules that this module's own code keeps to, as tests:
// which package may import which, what nobody calls, that everything exported is
// documented, how test files are named, and that the README tells the truth.
package house

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
)

// Root is the module's root, from this package's folder.
const Root = "../../.."

// Module is the path of the module.
const Module = "github.com/rezonate-io/okta-integration"

// A Source is one Go file of the root module.
type Source struct {
	Path    string // with slashes, from the root
	Dir     string
	Test    bool
	File    *ast.File
	Imports map[string]string // by the name in the file
}

// Sources parses the Go files of the root module, without those of nested modules.
func Sources() ([]Source, error) {
	var all []Source
	err := filepath.WalkDir(Root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		p, err := filepath.Rel(Root, file)
		if err != nil {
			return err
		}
		p = filepath.ToSlash(p)
		if d.IsDir() {
			_, err := os.Stat(filepath.Join(file, "go.mod"))
			if p != "." && (err == nil || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		s, err := read(file, p)
		all = append(all, s)
		return err
	})
	return all, err
}

func read(file, p string) (Source, error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return Source{}, err
	}
	s := Source{Path: p, Dir: path.Dir(p), Test: strings.HasSuffix(p, "_test.go"), File: f, Imports: make(map[string]string)}
	for _, spec := range f.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return Source{}, err
		}
		name := packageName(target)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		s.Imports[name] = target
	}
	return s, nil
}

// packageName guesses the name of a package from its path.
func packageName(p string) string {
	base := path.Base(p)
	if strings.HasPrefix(base, "v") && len(base) == 2 {
		base = path.Base(path.Dir(p))
	}
	return strings.TrimPrefix(base, "go-")
}
