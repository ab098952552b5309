package oktaint

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2/clientcredentials"
)

const revokePath = "/oauth2/v1/revoke"

// Revoke ends an access token that the credential has been given, wherever it is (RFC
// 7009): POST /oauth2/v1/revoke. The org answers as if it were done to a token that it
// does not know, or that is another client's. It asks for no token itself. An API token
// has no such tokens, which is an error.
//
// 429, 5xx and broken connections are tried again within the time of ctx, a few times.
func (s *Source) Revoke(ctx context.Context, token Secret) error {
	switch {
	case s.err != nil:
		return s.err
	case s.revoke == nil:
		return errors.New("oktaint: an API token is given no access tokens that could be revoked: revoke it itself")
	case token.IsZero():
		return errors.New("oktaint: there is no token to revoke")
	}
	for n := 0; ; n++ {
		err := s.revoke(ctx, token.Reveal())
		if err == nil {
			return nil
		}
		wait, again := tokenRetry(err, n)
		if !again || n == maxRevocations || wait > defaultMaxWait {
			return err
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return err
		}
		if sleepErr := sleep(ctx, wait); sleepErr != nil {
			return fmt.Errorf("oktaint: revoke: %w: %w", sleepErr, err)
		}
	}
}

// maxRevocations bounds how often a revocation is repeated.
const maxRevocations = 4

// revoke sends one revocation.
func (e *endpoint) revoke(ctx context.Context, token string) error {
	conf := &clientcredentials.Config{TokenURL: e.org.String() + revokePath, EndpointParams: url.Values{}}
	seen := &tokenTransport{endpoint: e}
	if err := e.authenticate(ctx, conf); err != nil {
		return seen.error("", err)
	}
	seen.secrets = []string{token, conf.ClientSecret, basicAuth(conf), conf.EndpointParams.Get("client_assertion")}
	form := conf.EndpointParams
	form.Set("token", token)
	form.Set("token_type_hint", "access_token")
	req, err := e.org.NewRequest(ctx, http.MethodPost, nil, form, "oauth2", "v1", "revoke")
	if err != nil {
		return err
	}
	if conf.ClientSecret != "" {
		req.SetBasicAuth(url.QueryEscape(conf.ClientID), url.QueryEscape(conf.ClientSecret))
	}
	_, err = (&http.Client{Transport: seen, CheckRedirect: neverRedirect}).Do(req)
	clean := scrubber(seen.secrets...)
	if err == nil && seen.answer.StatusCode == http.StatusOK {
		return nil
	}
	out := seen.error("", nil)
	out.Path = revokePath
	if err != nil {
		out.err, out.Hint = cleanError(unwrapURL(err), clean), explainNetwork(err)
		return out
	}
	out.readBody(seen.body, seen.answer.Header, clean)
	if out.Hint == "" {
		out.Hint = e.explain(out)
	}
	return out
}
