package oktatest_test

import (
	"maps"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestHandler calls the org as a handler, without a server.
func TestHandler(t *testing.T) {
	t.Parallel()
	org, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("GET", org.URL()+"/api/v1/groups", nil)
	req.Header.Set("Authorization", "SSWS "+org.APIToken())
	rec := httptest.NewRecorder()
	org.ServeHTTP(rec, req)
	if rec.Code != 200 {
		t.Errorf("status = %d, body %s", rec.Code, rec.Body)
	}
	// On the wire the names of these headers are in lower case.
	names := slices.Collect(maps.Keys(rec.Header()))
	if !slices.Contains(names, "x-rate-limit-limit") || !slices.Contains(names, "x-okta-request-id") {
		t.Errorf("headers = %v", names)
	}
	org.Close()
	org.Close()
}
