package request_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httputil"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A request is shown to an administrator before it is sent, or instead of it.
func Example() {
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		log.Fatal(err)
	}
	req, err := request.Grant(context.Background(), org, "0oawsplnj5Tvtng9U1d7", scopes.UsersRead)
	if err != nil {
		log.Fatal(err)
	}
	text, err := httputil.DumpRequest(req, true)
	if err != nil {
		log.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\r\n")
	_, body, _ := strings.Cut(string(text), "\r\n\r\n")
	fmt.Println(line)
	fmt.Println(body)
	// Output:
	// POST /api/v1/apps/0oawsplnj5Tvtng9U1d7/grants HTTP/1.1
	// {"scopeId":"okta.users.read","issuer":"https://acme.okta.com"}
}

func ExampleCheckLabel() {
	fmt.Println(request.CheckLabel("Acme 🚀"))
	// Output:
	// request: the label has the character '🚀', which Okta cannot store: leave out emoji and other characters of four bytes
}
