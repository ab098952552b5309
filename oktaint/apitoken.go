package oktaint

import (
	"errors"
	"net/http"

	"golang.org/x/oauth2"
)

// APIToken is an API token of Okta (SSWS). It carries the admin roles of the
// user who made it, as they are at each moment, ends when it has not been used
// for 30 days or that user is deactivated, and has no scopes.
type APIToken struct {
	Org   Org    // Required.
	Token Secret // Required.
}

// Source returns a Source whose token never changes. The parameter is there for
// symmetry with the other credentials: an API token sends no requests of its
// own.
func (c APIToken) Source(http.RoundTripper) *Source {
	token, err := c.Token.apiToken()
	s := &Source{org: c.Org, kind: KindAPIToken}
	switch {
	case err != nil:
		s.err = err
	case c.Org.IsZero():
		s.err = errors.New("oktaint: APIToken has no Org: make one with ParseOrg")
	case token.IsZero():
		s.err = errors.New("oktaint: APIToken has no Token: an admin makes one under Security, API, Tokens")
	default:
		s.current.Store(&grant{token: &oauth2.Token{AccessToken: token.Reveal(), TokenType: "SSWS"}})
	}
	return s
}
