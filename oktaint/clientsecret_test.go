package oktaint_test

import (
	"net/http"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestClientSecretRequest(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	var got *http.Request
	e.answer = func(_ int, req *http.Request) *http.Response { got = req; return nil }
	src := oktaint.ClientSecret{Org: mustOrg(t, "acme"), ClientID: "0oa1", Secret: oktaint.NewSecret("s3:cr/et"), Scopes: scopes.New(scopes.UsersRead)}.Source(e)
	if _, err := src.Token(); err != nil {
		t.Fatal(err)
	}
	if id, secret, _ := got.BasicAuth(); id != "0oa1" || secret != "s3%3Acr%2Fet" { // RFC 6749, section 2.3.1
		t.Errorf("basic auth %q %q", id, secret)
	}
	if s := e.forms[0].Encode(); s != "grant_type=client_credentials&scope=okta.users.read" {
		t.Errorf("form %s", s)
	}
}
