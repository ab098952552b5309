package oktatest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// Every write has an event: its handler records one, itself or by what it calls, or
// writeEvents has it.
func TestWritesAreEvents(t *testing.T) {
	t.Parallel()
	calls := callsOfPackage(t)
	for _, r := range allRoutes() {
		name := runtime.FuncForPC(reflect.ValueOf(r.handler).Pointer()).Name()
		name, _, _ = strings.Cut(name[strings.LastIndex(name, "oktatest.")+len("oktatest."):], ".func")
		name = name[strings.LastIndex(name, ".")+1:]
		if r.method != get && writeEvents[r.method+" "+r.pattern] == "" && !records(calls, name, map[string]bool{}) {
			t.Errorf("%s %s (%s) writes no event", r.method, r.pattern, name)
		}
	}
	if records(calls, "listUsers", map[string]bool{}) {
		t.Error("a list is taken for one that writes events")
	}
}

// TestWriteEventsAreRoutes finds events of endpoints that are gone.
func TestWriteEventsAreRoutes(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, r := range allRoutes() {
		known[r.method+" "+r.pattern] = true
	}
	for of := range writeEvents {
		if !known[of] {
			t.Errorf("%s is no endpoint", of)
		}
	}
}

// records reports whether a function reaches one that stores an event.
func records(calls map[string][]string, name string, seen map[string]bool) bool {
	if name == "storeEvent" {
		return true
	}
	if seen[name] {
		return false
	}
	seen[name] = true
	for _, callee := range calls[name] {
		if records(calls, callee, seen) {
			return true
		}
	}
	return false
}

// ofCallOrOrg reports whether a method is that of a call, c, or of an org: o, c.org or
// c.live.
func ofCallOrOrg(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "c" || x.Name == "o"
	case *ast.SelectorExpr:
		return ofCallOrOrg(x.X) && (x.Sel.Name == "org" || x.Sel.Name == "live")
	}
	return false
}

// callsOfPackage lists by name what each function calls, and each method, of calls and
// orgs.
func callsOfPackage(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 50 {
		t.Fatal(files, err)
	}
	calls := map[string][]string{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch f := call.Fun.(type) {
				case *ast.Ident:
					calls[fn.Name.Name] = append(calls[fn.Name.Name], f.Name)
				case *ast.SelectorExpr:
					if !ofCallOrOrg(f.X) { // many types have a method of such a name
						return true
					}
					calls[fn.Name.Name] = append(calls[fn.Name.Name], f.Sel.Name)
				}
				return true
			})
		}
	}
	return calls
}
