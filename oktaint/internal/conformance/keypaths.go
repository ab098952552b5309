package conformance

import (
	"maps"
	"slices"
	"strings"
)

// keyPaths returns the sorted set of paths of keys in a JSON value, as
// described in the package comment.
func keyPaths(v any) []string {
	set := make(map[string]bool)
	addKeyPaths(set, "", v)
	return slices.Sorted(maps.Keys(set))
}

func addKeyPaths(set map[string]bool, prefix string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			path := key
			if prefix != "" {
				path = prefix + "." + key
			}
			set[path] = true
			addKeyPaths(set, path, value)
		}
	case []any:
		for _, value := range v {
			addKeyPaths(set, prefix+"[]", value)
		}
	}
}

// minus returns the elements of a that are not in b. Both are sorted.
func minus(a, b []string) []string {
	var rest []string
	for _, s := range a {
		if _, ok := slices.BinarySearch(b, s); !ok {
			rest = append(rest, s)
		}
	}
	return rest
}

// topmost leaves out the paths below another one of the sorted list.
func topmost(paths []string) []string {
	var top []string
	for _, path := range paths {
		parent := path
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			parent = strings.TrimRight(path[:i], "[]")
		}
		_, found := slices.BinarySearch(paths, parent)
		if parent == path || !found {
			top = append(top, path)
		}
	}
	return top
}
