// Fakeorg serves a simulated Okta org over TLS on a loopback address, to try
// the other examples on.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const usage = `Usage: fakeorg [flags]

Fakeorg serves a simulated Okta org over TLS on a loopback address until it
gets SIGINT or SIGTERM. The first line on standard output is JSON:

  {"url":"https://127.0.0.1:PORT","ca_file":"FILE","api_token":"TOKEN","org_id":"00o..."}

Flags:
`

const examples = `
Examples:
  fakeorg
  fakeorg --addr 127.0.0.1:8443 --ca-out ca.pem --api-token T --latency 100ms
  fakeorg --users 2000 --groups 50 --rate-limit none
  fakeorg --lag 3s
  fakeorg --rate-limit apps=20,users=60 --principal-share 1 --log requests.jsonl
  fakeorg --fault 'POST /api/v1/apps #1 reset-after' --fault 'GET /api/v1/apps/{id} 503'
  fakeorg --fault 'GET /api/v1/users/{id} answer=404 {"status":404}'

Rate limit classes: token, logs, apps, app, users, user, user-write, groups,
group, clients, devices, iam, default.

Kinds of fault: refuse reset-before reset-after delay=D 429 500 502 503 504 html
proxy-404 cut stall, and answer=STATUS with or without a body after it. In a path
{x} matches one element. #n is the n-th request that matches; without it, each
one is hit.
`

// errUsage is a mistake on the command line, which is already reported.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "fakeorg:", err)
		os.Exit(1)
	}
}

// options is what the command line says.
type options struct {
	addr, caOut, log string
	config           oktatest.Config
	flags            *flag.FlagSet
}

// run serves the org until ctx is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	opts, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		opts.printHelp(stdout)
		return nil
	}
	if err != nil {
		fmt.Fprintf(stderr, "fakeorg: %v; see fakeorg --help\n", err)
		return errUsage
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
		fmt.Fprintf(stderr, "fakeorg: %v; see fakeorg --help\n", err)
		return errUsage
	}
	defer server.Close()

	caFile, remove, err := writeCA(opts.caOut, server.CA)
	if err != nil {
		return err
	}
	defer remove()
	err = json.NewEncoder(stdout).Encode(struct {
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

// parse reads the command line. Of an error it returns the flags all the same.
func parse(args []string) (*options, error) {
	opts := &options{flags: flag.NewFlagSet("fakeorg", flag.ContinueOnError)}
	cfg, fs := &opts.config, opts.flags
	fs.SetOutput(io.Discard)
	fs.StringVar(&opts.addr, "addr", "127.0.0.1:0", "loopback `address` to listen on; port 0 is any free one")
	fs.StringVar(&opts.caOut, "ca-out", "", "`file` for the certificate of the org's certificate authority\n(default a temporary file, removed at the end)")
	fs.StringVar(&opts.log, "log", "", "`file` to append a JSON line per request to")
	fs.StringVar(&cfg.APIToken, "api-token", "", "value of the owner's API `token` (default random)")
	fs.DurationVar(&cfg.Latency, "latency", 0, "delay of every answer")
	fs.DurationVar(&cfg.Lag.All, "lag", 0, "how late reads show what was changed")
	fs.Float64Var(&cfg.PrincipalShare, "principal-share", 0.5, "part of every limit that one API token or app may use")
	fs.IntVar(&cfg.Users, "users", 0, "`number` of users besides the owner, the same in every run")
	fs.IntVar(&cfg.Groups, "groups", 0, "`number` of groups besides Everyone, which the users are members of")
	fs.Func("rate-limit", "`class=N,...` are requests a minute of the whole org, 0 for no limit;\nnone is no limit of any class (default those of an Enterprise org)", func(text string) error {
		return parseLimits(cfg, text)
	})
	fs.Func("fault", "`fault` to inject, 'METHOD /path/{id} #n kind'; may be repeated", func(text string) error {
		cfg.Faults = append(cfg.Faults, text)
		return nil
	})
	if err := fs.Parse(args); err != nil {
		return opts, err
	}
	if fs.NArg() > 0 {
		return opts, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if cfg.PrincipalShare == 0 {
		return opts, errors.New("--principal-share 0 leaves nothing to anybody")
	}
	return opts, nil
}

// printHelp prints the usage with examples.
func (o *options) printHelp(w io.Writer) {
	fmt.Fprint(w, usage)
	o.flags.SetOutput(w)
	o.flags.PrintDefaults()
	fmt.Fprint(w, examples)
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
