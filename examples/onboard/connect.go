package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// connect finds out which org it is, and makes the client of the administrator.
func (p *program) connect(ctx context.Context, o *options) (*target, error) {
	t := &target{close: func() {}}
	if o.demo {
		if err := p.simulate(o, t); err != nil {
			return nil, err
		}
	}
	if o.caFile != "" {
		base, err := trust(o.caFile)
		if err != nil {
			return nil, &usageError{err}
		}
		t.base = base
		p.say("trusting the certificates of %s in this run", o.caFile)
	}
	var err error
	if t.info, err = oktaint.Discover(ctx, o.org, t.base); err != nil {
		t.close()
		return nil, err
	}
	org := t.info.Org
	if o.caFile != "" && org.HostedByOkta() {
		return nil, usagef("%s is %s: --ca-file is refused for Okta's own domains", o.org, org)
	}
	if org != o.org {
		p.say("%s is %s, which is used from here on", o.org, org)
	}
	p.say("org %s (%s)", org, t.info.ID)
	cred, err := p.credential(t, o)
	if err != nil {
		t.close()
		return nil, err
	}
	if cred != nil {
		t.admin = oktaint.NewClient(cred, t.base)
	}
	return t, nil
}

// credential returns what does the work, nil if there is none.
func (p *program) credential(t *target, o *options) (oktaint.Credential, error) {
	org := t.info.Org
	switch {
	case o.bootstrapFile == "" && o.token.IsZero():
		return nil, nil
	case o.bootstrapFile == "":
		return oktaint.APIToken{Org: org, Token: o.token}, nil
	}
	creds, err := oktaint.ReadCredentials(o.bootstrapFile)
	switch {
	case err != nil:
		return nil, usagef("--bootstrap: %w", err)
	case creds.Kind == oktaint.KindAPIToken:
		return nil, usagef("--bootstrap %s holds an API token: pass that with --api-token", o.bootstrapFile)
	case creds.Org != org:
		return nil, usagef("--bootstrap %s is about %s, not %s", o.bootstrapFile, creds.Org, org)
	}
	for _, w := range creds.Warnings {
		p.say("warning: %s", w)
	}
	return creds, nil
}

// simulate puts a simulated org in the place of a real one.
func (p *program) simulate(o *options, t *target) error {
	p.say("No org was named, so this is a demonstration: the org is simulated inside this")
	p.say("program, and nothing is sent to Okta. Name one with --tenant-id; see --help.")
	p.say("")
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		return err
	}
	if o.org, err = oktaint.ParseOrg(sim.URL()); err != nil {
		return err
	}
	o.token = oktaint.NewSecret(sim.APIToken())
	t.base, t.close = sim.Transport(), sim.Close
	return nil
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
