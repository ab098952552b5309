// Fakeorg serves a simulated Okta org over TLS on a loopback address, to try
// the other examples on.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const help = `Usage: fakeorg [flags]

Fakeorg serves a simulated Okta org over TLS on a loopback address until it
gets SIGINT or SIGTERM. The first line on standard output is JSON:

  {"url":"https://127.0.0.1:PORT","ca_file":"FILE","api_token":"TOKEN","org_id":"00o..."}

Flags:
  --addr ADDRESS      loopback address to listen on; port 0 is any free one
                      (default 127.0.0.1:0)
  --api-token TOKEN   value of the owner's API token (default random)
  --ca-out FILE       write the certificate of the org's certificate authority
                      there (default a temporary file, removed at the end)
  --log FILE          append a JSON line per request to FILE
  --users N           number of users besides the owner, the same in every run
  --groups N          number of groups besides Everyone, which the users are
                      members of
  --assets N          number of objects in each list of policies, zones, devices
                      and the like
  --classic           an org of the Classic Engine
  --off FEATURE       feature that the org does not have, with =STATUS if it
                      should answer that; may be repeated
  --apps N            number of apps besides Okta's own, with users and groups
                      assigned
  --latency DURATION  delay of every answer, such as 100ms
  --lag DURATION      how late reads show what was changed
  --rate-limit LIST   class=N,... are requests a minute of the whole org, 0 for
                      no limit; none is no limit of any class (default those of
                      an Enterprise org)
  --principal-share PART
                      part of every limit that one API token or app may use
                      (default 0.5)
  --fault FAULT       fault to inject, 'METHOD /path/{id} #n kind'; may be
                      repeated

Rate limit classes: token, logs, apps, app, users, user, user-write, groups,
group, clients, devices, iam, default.

Kinds of fault: refuse reset-before reset-after delay=D 429 500 502 503 504 html
proxy-404 cut stall, and answer=STATUS with or without a body after it. In a
path {x} matches one element. #n is the n-th request that matches; without it,
each one is hit.

Features: aerial, ai-agents, api-access-management, attack-protection,
behaviors, bot-protection, captchas, device-assurance, device-integrations,
device-posture-checks, governance, identity-threat-protection, log-streams,
realms, security-events-providers, ssf, uischemas, zones, and the types of
policies CLIENT_POLICY, CLIENT_UPDATE, DEVICE_SIGNAL_COLLECTION, ENTITY_RISK,
IDENTITY_CLAIM_SOURCING, POST_AUTH_SESSION, SESSION_VIOLATION_DETECTION,
USER_IDENTIFICATION, USER_LIFECYCLE.

Examples:
  fakeorg
  fakeorg --addr 127.0.0.1:8443 --ca-out ca.pem --api-token T --latency 100ms
  fakeorg --users 2000 --groups 50 --apps 20 --rate-limit none
  fakeorg --off realms --off captchas=401
  fakeorg --lag 3s
  fakeorg --rate-limit apps=20,users=60 --principal-share 1 --log requests.jsonl
  fakeorg --fault 'POST /api/v1/apps #1 reset-after' --fault 'GET /api/v1/apps/{id} 503'
  fakeorg --fault 'GET /api/v1/users/{id} answer=404 {"status":404}'

Exit status: 0 after SIGINT or SIGTERM, 1 if it could not serve, 2 wrong usage.
`

func main() { cli.Main("fakeorg", run) }

// options is what the command line says.
type options struct {
	addr, caOut, log string
	config           oktatest.Config
}

// run serves the org until ctx is done.
func run(ctx context.Context, p *cli.Program) (err error) {
	opts, err := parse(p)
	if err != nil {
		return err
	}
	if opts.log != "" {
		file, err := os.OpenFile(opts.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		defer file.Close()
		opts.config.Log = file
	}
	opts.config.KeepRequests = 1 // nobody asks: --log has them all
	server, err := oktatest.Serve(opts.addr, opts.config)
	if network := new(net.OpError); errors.As(err, &network) {
		return err
	}
	if err != nil {
		return cli.Usage(err)
	}
	defer server.Close()

	caFile, remove, err := writeCA(opts.caOut, server.CA)
	if err != nil {
		return err
	}
	defer remove()
	err = json.NewEncoder(p.Stdout).Encode(struct {
		URL      string `json:"url"`
		CAFile   string `json:"ca_file"`
		APIToken string `json:"api_token"`
		OrgID    string `json:"org_id"`
	}{server.URL, caFile, server.Org.APIToken(), server.Org.ID()})
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// parse reads the command line.
func parse(p *cli.Program) (*options, error) {
	opts := new(options)
	cfg, fs := &opts.config, p.Flags(help)
	fs.StringVar(&opts.addr, "addr", "127.0.0.1:0", "")
	fs.StringVar(&opts.caOut, "ca-out", "", "")
	fs.StringVar(&opts.log, "log", "", "")
	fs.StringVar(&cfg.APIToken, "api-token", "", "")
	fs.DurationVar(&cfg.Latency, "latency", 0, "")
	fs.DurationVar(&cfg.Lag.All, "lag", 0, "")
	fs.Float64Var(&cfg.PrincipalShare, "principal-share", 0.5, "")
	fs.IntVar(&cfg.Users, "users", 0, "")
	fs.IntVar(&cfg.Groups, "groups", 0, "")
	fs.IntVar(&cfg.Assets, "assets", 0, "")
	fs.BoolVar(&cfg.Classic, "classic", false, "")
	fs.Func("off", "", func(text string) error { return parseFeature(cfg, text) })
	fs.IntVar(&cfg.Apps, "apps", 0, "")
	fs.Func("rate-limit", "", func(text string) error { return parseLimits(cfg, text) })
	cli.ListFlag(fs, &cfg.Faults, "fault")
	if err := p.Parse(); err != nil {
		return nil, err
	}
	if cfg.PrincipalShare == 0 {
		return nil, cli.Usagef("--principal-share 0 leaves nothing to anybody")
	}
	return opts, nil
}

// parseFeature reads FEATURE or FEATURE=STATUS.
func parseFeature(cfg *oktatest.Config, text string) error {
	if cfg.FeaturesOff == nil {
		cfg.FeaturesOff = map[string]int{}
	}
	name, number, given := strings.Cut(text, "=")
	status, err := strconv.Atoi(number)
	if given && err != nil {
		return fmt.Errorf("%q is neither FEATURE nor FEATURE=STATUS", text)
	}
	cfg.FeaturesOff[name] = status
	return nil
}

// parseLimits reads class=N,... or none.
func parseLimits(cfg *oktatest.Config, text string) error {
	if cfg.RateLimits == nil {
		cfg.RateLimits = map[string]int{}
	}
	if text == "none" {
		for class := range oktatest.DefaultRateLimits() {
			cfg.RateLimits[class] = 0
		}
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		class, number, ok := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			return fmt.Errorf("%q is neither class=N nor none", part)
		}
		cfg.RateLimits[class] = n
	}
	return nil
}

// writeCA writes the authority's certificate to a file, by default a temporary
// one that remove takes away.
func writeCA(name string, pem []byte) (file string, remove func(), err error) {
	if name != "" {
		return name, func() {}, os.WriteFile(name, pem, 0o644)
	}
	f, err := os.CreateTemp("", "fakeorg-ca-*.pem")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.Remove(f.Name()) }
	_, err = f.Write(pem)
	if err = errors.Join(err, f.Close()); err != nil {
		remove()
		return "", nil, err
	}
	return f.Name(), remove, nil
}
