package conformance

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoldenRequests holds the requests that were written by hand, for the
// tests of oauthapp/request, against the documents.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	files, err := filepath.Glob(filepath.Join(requestPackage, "testdata", "*.http"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("there are no golden requests")
	}
	var found []difference
	for _, file := range files {
		name := filepath.Base(file)
		op, err := docs.find(readGolden(t, file))
		if err != nil {
			found = append(found, difference{name, "operation", "not in the documents"})
			continue
		}
		for _, problem := range op.checkRequest(t.Context()) {
			found = append(found, difference{name, "request", problem})
		}
	}
	report(t, found, goldenDeviations)
}

// readGolden reads a request line, headers, an empty line and a body.
func readGolden(t *testing.T, file string) *http.Request {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := bytes.Cut(content, []byte("\n\n"))
	lines := strings.Split(strings.TrimSpace(string(head)), "\n")
	method, rest, _ := strings.Cut(lines[0], " ")
	target, _, _ := strings.Cut(rest, " ")
	req, err := http.NewRequest(method, origin+target, bytes.NewReader(bytes.TrimSpace(body)))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%s: header %q", file, line)
		}
		req.Header.Set(name, value)
	}
	return req
}
