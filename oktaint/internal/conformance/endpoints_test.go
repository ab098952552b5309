package conformance

import (
	"cmp"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const endpointsFile = "../../oktatest/endpoints.tsv"

// TestEndpoints holds the list of Okta's endpoints, for which the simulated org
// answers 501 where it does not serve them, against the documents.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	var want []string
	for _, spec := range openAPI(t).specs {
		for path, item := range spec.Paths.Map() {
			for method := range item.Operations() {
				want = append(want, method+"\t"+path)
			}
		}
	}
	slices.SortFunc(want, func(a, b string) int {
		methodA, pathA, _ := strings.Cut(a, "\t")
		methodB, pathB, _ := strings.Cut(b, "\t")
		return cmp.Or(cmp.Compare(pathA, pathB), cmp.Compare(methodA, methodB))
	})
	want = slices.Compact(want)
	text, err := os.ReadFile(endpointsFile)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if slices.Equal(got, want) {
		return
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%s lacks %q", endpointsFile, line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("%s has %q, which no document has", endpointsFile, line)
		}
	}
	t.Errorf("%s is not the %d operations of the documents, sorted by path, then method", endpointsFile, len(want))
}

// identityEngineToo are endpoints that the documents do not mark as those of
// Identity Engine although all around them is.
var identityEngineToo = []string{
	"GET /api/v1/authenticators/{authenticatorId}/aaguids", "POST /api/v1/authenticators/{authenticatorId}/aaguids",
	"GET /api/v1/authenticators/{authenticatorId}/aaguids/{aaguid}", "PUT /api/v1/authenticators/{authenticatorId}/aaguids/{aaguid}",
	"PATCH /api/v1/authenticators/{authenticatorId}/aaguids/{aaguid}", "DELETE /api/v1/authenticators/{authenticatorId}/aaguids/{aaguid}",
	"GET /api/v1/device-posture-checks/default", "POST /api/v1/device-posture-checks", "PUT /api/v1/device-posture-checks/{postureCheckId}",
	"POST /api/v1/users/{userId}/authenticator-enrollments/tac",
}

// TestClassic asks an org of the Classic Engine for every operation of the
// documents: those that they mark as Identity Engine's are not there.
func TestClassic(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{Origin: origin, Classic: true, RateLimits: noLimits()})
	var marked, found []string
	for _, spec := range openAPI(t).specs {
		for path, item := range spec.Paths.Map() {
			for method, op := range item.Operations() {
				if strings.Contains(fmt.Sprint(op.Extensions["x-okta-lifecycle"]), "Okta Identity Engine") {
					marked = append(marked, method+" "+path)
				}
				req := httptest.NewRequest(method, pathParam.ReplaceAllString(path, "x1"), nil)
				req.Host = host
				if _, status, body := serve(t, org, req); status == 404 && errorCode(body) == "E0000008" {
					found = append(found, method+" "+path)
				}
			}
		}
	}
	if len(marked) == 0 {
		t.Fatal("no operation is marked")
	}
	for _, op := range marked {
		if !slices.Contains(found, op) {
			t.Errorf("%s is Identity Engine's, and is there", op)
		}
	}
	for _, op := range identityEngineToo {
		if slices.Contains(marked, op) || !slices.Contains(found, op) {
			t.Errorf("%s is marked or there: identityEngineToo need not name it", op)
		}
	}
	for _, op := range found {
		if !slices.Contains(marked, op) && !slices.Contains(identityEngineToo, op) {
			t.Errorf("%s is not marked as Identity Engine's, and is not there", op)
		}
	}
}

var pathParam = regexp.MustCompile(`\{[^}]*\}`)
