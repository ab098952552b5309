package conformance

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const remediationPackage = "../../../remediation"

// TestGoldenRequests holds the requests that were written by hand, for the
// tests of oauthapp/request and of remediation, against the documents.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	seen := make(map[string]string)
	var found []difference
	for _, file := range slices.Concat(goldenFiles(t, requestPackage), goldenFiles(t, remediationPackage)) {
		name := filepath.Base(file)
		if other, twice := seen[name]; twice {
			t.Errorf("deviations of %s and %s could not be told apart", other, file)
		}
		seen[name] = file
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

// goldenFiles returns the golden requests of a package.
func goldenFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "testdata", "*.http"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("%s has no golden requests", folder)
	}
	return files
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
