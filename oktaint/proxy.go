package oktaint

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// A proxyError says that a proxy does not let a request through to the org. It has
// answered in the org's place, and nothing was sent.
type proxyError struct {
	proxy  string // host and port: the rest of its URL may hold a password
	status int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy %s answered %d %s", e.proxy, e.status, http.StatusText(e.status))
}

// checkProxy takes nothing but a 200 for a way through. net/http would name the text
// of the status only, as if it were the org's.
func checkProxy(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{proxy.Host, resp.StatusCode}
	}
	return nil
}
