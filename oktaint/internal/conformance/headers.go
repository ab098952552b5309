package conformance

import (
	"maps"
	"slices"
)

// frontDoor lists the headers that the servers in front of Okta's API add to
// its answers. They say nothing about the answer.
var frontDoor = []string{
	"Content-Encoding", "Server", "Strict-Transport-Security", "Transfer-Encoding", "Vary", "X-Robots-Tag",
	"accept-ch", "p3p", "referrer-policy", "x-content-type-options",
}

// headerNames returns the sorted names in header, in their case on the wire,
// without those of frontDoor and without Content-Length, which the recorded
// answers, all in chunks, do not have.
func headerNames(header map[string][]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name != "Content-Length" && !slices.Contains(frontDoor, name) {
			names = append(names, name)
		}
	}
	return names
}

// headerDifferences compares the names of the headers of an answer, case
// included, with the recorded ones. If those are scrubbed, one that is missing
// there means nothing.
func headerDifferences(e exchange, header map[string][]string) []difference {
	want, got := headerNames(e.ResponseHeader), headerNames(header)
	var all []difference
	for _, name := range minus(want, got) {
		all = append(all, difference{e.String(), "missing header", name})
	}
	if e.Scrubbed {
		return all
	}
	for _, name := range minus(got, want) {
		all = append(all, difference{e.String(), "extra header", name})
	}
	return all
}

// bodyDifferences compares the key paths of a body, and the values of those
// keys of an object that are the same for everybody.
func bodyDifferences(e exchange, body any, fixed ...string) []difference {
	recorded, answered := keyPaths(e.ResponseBody), keyPaths(body)
	var all []difference
	for _, path := range minus(recorded, answered) {
		all = append(all, difference{e.String(), "missing", path})
	}
	for _, path := range minus(answered, recorded) {
		all = append(all, difference{e.String(), "extra", path})
	}
	want, _ := e.ResponseBody.(map[string]any)
	got, _ := body.(map[string]any)
	for _, key := range fixed {
		if got[key] != want[key] {
			text, _ := got[key].(string)
			all = append(all, difference{e.String(), key, text})
		}
	}
	return all
}
