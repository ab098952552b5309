package oktaint_test

import (
	"net/http"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

func TestAPIToken(t *testing.T) {
	t.Parallel()
	src := oktaint.APIToken{Org: mustOrg(t, "acme"), Token: oktaint.NewSecret("00token")}.Source(nil)
	req, _ := http.NewRequest("GET", "https://acme.okta.com/api/v1/users", nil)
	if err := src.Authorize(req); err != nil || req.Header.Get("Authorization") != "SSWS 00token" {
		t.Errorf("Authorize = %v: %q", err, req.Header.Get("Authorization"))
	}
	tok, _ := src.Token()
	src.Invalidate(tok) // cannot be fetched anew
	if again, err := src.Token(); err != nil || again != tok {
		t.Errorf("Token after Invalidate = %v, %v", again, err)
	}
	foreign, _ := http.NewRequest("GET", "https://acme.okta.com.example.com/", nil)
	if err := src.Authorize(foreign); err == nil || foreign.Header.Get("Authorization") != "" {
		t.Errorf("Authorize for another host = %v", err)
	}
}
