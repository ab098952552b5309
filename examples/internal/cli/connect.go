package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"syscall"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Connect finds the org and returns a client with the credential.
func (c *Connection) Connect(ctx context.Context, p *Program) (*oktaint.Client, error) {
	if err := c.Find(ctx, p); err != nil {
		return nil, err
	}
	return c.Client(ctx, p)
}

// Find asks the org about itself. From then on Org is the canonical one. An
// address where nothing listens ends it at once.
func (c *Connection) Find(ctx context.Context, p *Program) (err error) {
	if err := c.Check(p); err != nil || c.found {
		return err
	}
	trying, giveUp := context.WithCancel(ctx)
	defer giveUp()
	if c.Info, err = oktaint.Discover(trying, c.Org, &failFast{c.Base, giveUp}); err != nil {
		return err
	}
	org := c.Info.Org
	if err := c.checkCA(org); err != nil {
		return Usagef("%s is %s: --ca-file is refused for Okta's own domains", c.Org, org)
	}
	if org != c.Org {
		p.Say("%s is %s, which is used from here on", c.Org, org)
	}
	p.Say("org %s (%s)", org, c.Info.ID)
	c.Org, c.found = org, true
	return nil
}

// failFast gives up when a connection is refused. The library tries again for a
// minute, which is right for a service; but a person has most likely misspelt the
// name of the org.
type failFast struct {
	base   http.RoundTripper
	giveUp func()
}

// RoundTrip implements http.RoundTripper.
func (f *failFast) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := f.base.RoundTrip(req)
	if errors.Is(err, syscall.ECONNREFUSED) {
		f.giveUp()
	}
	return resp, err
}

// Client returns a client with the credential, which it asks for if it is not
// there. It returns nil if there is none and Need allows that.
func (c *Connection) Client(ctx context.Context, p *Program) (*oktaint.Client, error) {
	if !c.loaded && c.Need != Unasked {
		if err := c.askSecret(ctx, p); err != nil {
			return nil, err
		}
	}
	switch {
	case c.loaded:
	case c.Need != Required:
		return nil, nil
	case c.ClientID != "":
		return nil, Usagef("there is no client secret: set OKTA_CLIENT_CLIENTSECRET%s", c.otherWays())
	default:
		return nil, Usagef("there is no API token: set OKTA_API_TOKEN%s", c.otherWays())
	}
	c.Credentials.Org = c.Org
	client := oktaint.NewClient(c.Credentials, c.Base)
	if c.Urgent {
		client = client.Urgent()
	}
	return client, nil
}

// otherWays names the flags by which a credential is given.
func (c *Connection) otherWays() string {
	switch {
	case c.FileFlag == "credentials" && c.ClientID != "":
		return ""
	case c.FileFlag == "credentials":
		return ", or give --credentials FILE"
	case c.ClientID != "":
		return ", or pipe it to --client-secret -; for an app with a private key, give --key FILE"
	}
	return ", or pipe it to --api-token -"
}

// route makes the transport that carries everything, with what --ca-file and
// --proxy ask for.
func (c *Connection) route(p *Program) error {
	t := oktaint.NewBase()
	if c.Proxy != "" {
		proxy, err := url.Parse(c.Proxy)
		if err != nil || proxy.Host == "" {
			return errors.New("--proxy is a URL such as http://proxy.example.com:3128")
		}
		t.Proxy = http.ProxyURL(proxy)
	}
	if c.CAFile != "" {
		roots, err := trust(c.CAFile)
		if err != nil {
			return err
		}
		t.TLSClientConfig = &tls.Config{RootCAs: roots}
		p.Say("trusting the certificates of %s in this run", c.CAFile)
	}
	c.Base = t
	return nil
}

// trust returns the system's certificates and those of a file.
func trust(file string) (*x509.CertPool, error) {
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
	return roots, nil
}

// Simulate puts a simulated org in the place of a real one, with the API token of
// its owner, and says so. It is called demo, unless cfg names it. The caller closes
// the org.
func (c *Connection) Simulate(p *Program, cfg oktatest.Config) (*oktatest.Org, error) {
	p.Say("No org was named, so this is a demonstration: the org is simulated inside this")
	name := "--tenant-id"
	if p.flags.Lookup("tenant-id") == nil {
		name = "--credentials"
	}
	p.Say("program, and nothing is sent to Okta. Name one with %s; see --help.", name)
	if names := envSet(p); len(names) > 0 {
		p.Say("%s: set, but the environment counts only if a flag is given.", Join(names))
	}
	p.Say("")
	cfg.Origin = cmp.Or(cfg.Origin, "https://demo.okta.com")
	sim, err := oktatest.NewOrg(cfg)
	if err != nil {
		return nil, err
	}
	if c.Org, err = oktaint.ParseOrg(sim.URL()); err != nil {
		sim.Close()
		return nil, err
	}
	c.Base, c.checked = sim.Transport(), true
	return sim, c.take(sim.APIToken())
}
