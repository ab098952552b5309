package conformance

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const requestPackage = "../../../oauthapp/request"

// TestDocuments holds what the library sends, and what the simulated org
// answers, against Okta's documents.
func TestDocuments(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	found := slices.Concat(runSteps(t, docs), runFlows(t, docs), runIAM(t, docs), runUsers(t, docs), runClosings(t, docs), runGroups(t, docs), runAssignments(t, docs), runAssets(t, docs))
	report(t, found, slices.Concat(requestDeviations, deviations, unrecordedDeviations, groupDeviations, closingDeviations, assignDeviations, assetDeviations))
}

// runSteps validates every request that oauthapp/request builds, and its
// answer. It returns what differs from the documents.
func runSteps(t *testing.T, docs *documents) []difference {
	t.Helper()
	o, _ := org(t)
	w := &watch{docs: docs, base: o.Transport()}
	client := &http.Client{Transport: w}
	f := newFlow(t)
	for _, s := range steps {
		req, err := s.build(t.Context(), f)
		if err != nil {
			t.Fatalf("%s: %v", s.function, err)
		}
		req.Header.Set("Authorization", "SSWS "+o.APIToken())
		status, body := do(t, client, req)
		if status/100 != 2 {
			t.Errorf("%s: status %d: %s", s.function, status, body)
		}
		if s.learn != nil {
			s.learn(f, body)
		}
	}
	return w.found
}

func newFlow(t *testing.T) *flow {
	t.Helper()
	parsed, err := oktaint.ParseOrg(origin)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := oktaint.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return &flow{org: parsed, key: rsaKey.Public(), ec: ecKey(t)}
}

func do(t *testing.T, client *http.Client, req *http.Request) (int, json.RawMessage) {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// TestStepsNameEveryRequest keeps the table of steps complete.
func TestStepsNameEveryRequest(t *testing.T) {
	t.Parallel()
	var called []string
	for _, s := range steps {
		called = append(called, s.function)
	}
	built := builders(t, requestPackage)
	if len(built) == 0 {
		t.Fatalf("%s has no function that builds a request", requestPackage)
	}
	for _, name := range built {
		if !slices.Contains(called, name) {
			t.Errorf("request.%s is not among the steps", name)
		}
	}
	for _, name := range called {
		if !slices.Contains(built, name) {
			t.Errorf("request.%s, a step, does not exist", name)
		}
	}
}

// builders returns the exported functions of a package that return an
// *http.Request first.
func builders(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() && returnsRequest(f) {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}

func returnsRequest(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) == 0 {
		return false
	}
	star, ok := f.Type.Results.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	selector, ok := star.X.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Request"
}

// TestValidatorRefuses shows that the validation can fail.
func TestValidatorRefuses(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	for _, test := range []struct {
		name, method, target, body string
		want                       string
	}{
		{"misspelt property", "POST", "/api/v1/apps/0oa1/grants", `{"scopeId":"okta.users.read","isuer":"https://acme.okta.com"}`, "/isuer: not declared"},
		{"missing property", "POST", "/api/v1/apps/0oa1/grants", `{"scopeId":"okta.users.read"}`, `/issuer: property "issuer" is missing`},
		{"wrong type", "PUT", "/api/v1/org/settings/clientPrivilegesSetting", `{"clientPrivilegesSetting":"true"}`, "/clientPrivilegesSetting: value must be a boolean"},
		{"deep in a derived schema", "POST", "/api/v1/apps", `{"label":"a","name":"oidc_client","signOnMode":"OPENID_CONNECT","credentials":{"oauthClient":{}},"settings":{"oauthClient":{"aplication_type":"service"}}}`, "/settings/oauthClient/aplication_type: not declared"},
		{"wrong value in a derived schema", "POST", "/api/v1/apps", `{"label":"a","name":"oidc_client","signOnMode":"OPENID_CONNECT","credentials":{"oauthClient":{}},"settings":{"oauthClient":{"application_type":"servant"}}}`, "/settings/oauthClient/application_type: value is not one of the allowed values"},
		{"unknown query", "GET", "/api/v1/apps?qq=a", "", "query qq: not declared"},
		{"no body", "POST", "/oauth2/v1/clients/0oa1/roles", "", "value is required but missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			problems := checkText(t, docs, test.method, test.target, test.body)
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }) {
				t.Errorf("problems = %q, want one with %q", problems, test.want)
			}
		})
	}
}

func checkText(t *testing.T, docs *documents, method, target, body string) []string {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, origin+target, reader)
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	op, err := docs.find(req)
	if err != nil {
		t.Fatal(err)
	}
	return op.checkRequest(t.Context())
}

// TestAnswersRefused shows that the validation of answers can fail.
func TestAnswersRefused(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	for _, test := range []struct {
		method, target string
		status         int
		body, want     string
	}{
		{"GET", "/api/v1/apps", 200, `[{"label":1}]`, "/[]/label: value must be a string"},
		{"GET", "/api/v1/apps", 200, `{}`, "value must be an array"},
		{"DELETE", "/api/v1/apps/0oa1", 200, ``, "status 200: not declared"},
		{"GET", "/api/v1/apps/0oa1", 200, `{"signOnMode":"OPENID_CONNECT","label":"a","name":"oidc_client","credentials":{},"settings":{"oauthClient":{"grant_types":"x"}}}`, "/settings/oauthClient/grant_types: value must be an array"},
	} {
		req, err := http.NewRequest(test.method, origin+test.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		op, err := docs.find(req)
		if err != nil {
			t.Fatal(err)
		}
		problems := op.checkResponse(t.Context(), test.status, http.Header{"Content-Type": {"application/json"}}, []byte(test.body))
		if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }) {
			t.Errorf("%s %s: problems = %q, want one with %q", test.method, test.target, problems, test.want)
		}
	}
}

// TestNoOperation tells an endpoint that no document has.
func TestNoOperation(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	req, err := http.NewRequest("GET", origin+"/api/v1/nothing", nil)
	if err != nil {
		t.Fatal(err)
	}
	if op, err := docs.find(req); err != errNoOperation {
		t.Errorf("find = %v, %v; want errNoOperation", op, err)
	}
}
