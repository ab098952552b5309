package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// demoOrg is the org of the demonstration. It has no rate limits, of which it would take
// minutes to keep within.
func demoOrg() oktatest.Config {
	cfg := oktatest.Config{Users: 2000, Groups: 100, Apps: 20, RateLimits: oktatest.DefaultRateLimits()}
	for class := range cfg.RateLimits {
		cfg.RateLimits[class] = 0
	}
	return cfg
}

// demonstrate collects a simulated org, as an app that onboard has set up.
func demonstrate(ctx context.Context, p *cli.Program, o *options) error {
	sim, err := o.conn.Simulate(p, demoOrg())
	if err != nil {
		return err
	}
	defer sim.Close()
	held := []string{"READ_ONLY_ADMIN"}
	client := sim.AddServiceApp(oktatest.ServiceApp{Scopes: scopes.Visibility, Roles: held})
	if o.conn.Credentials, err = oktaint.ParseCredentials(sim.Credentials(client)); err != nil {
		return err
	}
	o.conn.Credentials.Roles = held
	folder, err := os.MkdirTemp("", "collect-demonstration-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	o.out = folder
	j := &job{Program: p, options: o}
	if err := j.connect(ctx); err != nil {
		return err
	}
	p.Say("The app has the role READ_ONLY_ADMIN and all scopes of visibility.")
	if err := j.run(ctx); err != nil {
		return err
	}
	return j.showLines()
}

// showLines shows what the files hold.
func (j *job) showLines() error {
	text, err := os.ReadFile(filepath.Join(j.out, "group-members.ndjson"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	j.Say("\nA line of group-members.ndjson; a real run keeps the files in the folder of --out:\n%s", line)
	files, err := filepath.Glob(filepath.Join(j.out, "*.ndjson"))
	if err != nil {
		return err
	}
	j.Say("%s, and %s.", cli.Count(len(files), "file"), manifestName)
	return nil
}
