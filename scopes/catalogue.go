package scopes

import (
	_ "embed"
	"iter"
	"strconv"
	"strings"
	"sync"
)

// Info is what the catalogue says about a scope.
type Info struct {
	Scope      Scope
	Meaning    string // Okta's words, in English
	Operations int    // how many API operations it opens
}

// catalogueData has a line per scope, sorted: name, meaning and operations,
// separated by tabs.
//
//go:embed catalogue.tsv
var catalogueData string

var catalogue = sync.OnceValues(func() ([]Info, map[Scope]int) {
	var infos []Info
	index := make(map[Scope]int)
	for line := range strings.Lines(catalogueData) {
		name, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		meaning, count, _ := strings.Cut(rest, "\t")
		n, err := strconv.Atoi(count)
		if err != nil {
			panic("scopes: catalogue.tsv is damaged at " + strconv.Quote(name))
		}
		index[Scope(name)] = len(infos)
		infos = append(infos, Info{Scope(name), meaning, n})
	}
	return infos, index
})

// Catalogue goes through all scopes that are known, in the order of their names.
func Catalogue() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		infos, _ := catalogue()
		for _, info := range infos {
			if !yield(info) {
				return
			}
		}
	}
}

// Lookup returns what the catalogue says about a scope, and whether it is there.
func Lookup(s Scope) (Info, bool) {
	infos, index := catalogue()
	i, ok := index[s]
	if !ok {
		return Info{Scope: s}, false
	}
	return infos[i], true
}

// Known reports whether the scope is in the catalogue. A scope that is not there may
// be newer than this module, or misspelt.
func (s Scope) Known() bool {
	_, ok := Lookup(s)
	return ok
}
