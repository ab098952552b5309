package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// connect makes the client that does the work. Its requests pass the queues of
// collectors, which is what responding takes.
func (p *program) connect(ctx context.Context, o *options) (*oktaint.Client, error) {
	creds, err := p.credentials(ctx, o)
	if err != nil {
		return nil, err
	}
	var base http.RoundTripper
	if o.caFile != "" {
		if base, err = trust(o.caFile); err != nil {
			return nil, &usageError{err}
		}
		p.say("trusting the certificates of %s in this run", o.caFile)
	}
	if o.credentialsFile == "" { // onboarding has found out the canonical one
		info, err := oktaint.Discover(ctx, creds.Org, base)
		if err != nil {
			return nil, err
		}
		if info.Org != creds.Org {
			p.say("%s is %s, which is used from here on", creds.Org, info.Org)
		}
		creds.Org = info.Org
	}
	if err := o.checkCA(creds.Org); err != nil {
		return nil, &usageError{err}
	}
	p.say("org %s", creds.Org)
	return oktaint.NewClient(creds, base).Urgent(), nil
}

// credentials takes the credential from a file, the environment or a prompt.
func (p *program) credentials(ctx context.Context, o *options) (creds oktaint.Credentials, err error) {
	switch {
	case o.credentialsFile != "":
		if creds, err = oktaint.ReadCredentials(o.credentialsFile); err != nil {
			return creds, usagef("--credentials: %w", err)
		}
		if creds.Kind != oktaint.KindAPIToken && (creds.ClientID == "" || creds.Scopes.IsEmpty()) {
			return creds, usagef("--credentials %s is of an app that is not set up yet: run onboard with it first", o.credentialsFile)
		}
	case o.fromEnv:
		if creds, err = oktaint.CredentialsFromEnv(p.getenv); err != nil {
			return creds, &usageError{err}
		}
		p.say("the environment (OKTA_CLIENT_...) names the org and the credential")
	default:
		creds.Kind, creds.Org = oktaint.KindAPIToken, o.org
		creds.APIToken, err = p.readToken(ctx)
	}
	for _, w := range creds.Warnings {
		p.say("warning: %s", w)
	}
	return creds, err
}

// readToken takes the API token from the environment or a prompt.
func (p *program) readToken(ctx context.Context) (oktaint.Secret, error) {
	token := p.getenv("OKTA_API_TOKEN")
	if token == "" && p.ask != nil {
		var err error
		if token, err = p.ask(ctx, "API token (it is not shown): ", true); err != nil {
			return oktaint.Secret{}, fmt.Errorf("read the API token: %w", err)
		}
	}
	secret, err := oktaint.ParseAPIToken(token)
	switch {
	case err != nil:
		return oktaint.Secret{}, &usageError{err}
	case secret.IsZero():
		return oktaint.Secret{}, usagef("there is no credential: give --credentials FILE, or set OKTA_API_TOKEN")
	}
	return secret, nil
}

// trust returns a transport that trusts the certificates of a file beside the
// system's.
func trust(file string) (http.RoundTripper, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("--ca-file has no certificate in PEM")
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig.RootCAs = roots
	t.MaxIdleConnsPerHost = 8
	return t, nil
}
