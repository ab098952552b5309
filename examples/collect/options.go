package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// options are the command line, checked.
type options struct {
	conn *cli.Connection

	out      string   // a folder, or stdout
	only     []string // names of resources
	extended bool
	full     bool // whole members
	gzip     bool
	raw      bool
	share    float64
	delta    bool
	follow   bool
	since    time.Time // where to begin, if nothing else says
	strict   bool
	list     bool
}

// stdout is the --out that stands for standard output.
const stdout = "-"

// parse reads the command line.
func parse(p *cli.Program) (*options, error) {
	o := &options{conn: &cli.Connection{}}
	fs := p.Flags(help)
	o.conn.Flags(fs)
	p.JSONFlag()
	fs.StringVar(&o.out, "out", "", "")
	fs.Func("only", "", o.addOnly)
	fs.BoolVar(&o.extended, "extended", false, "")
	fs.Func("members", "", o.setMembers)
	fs.BoolVar(&o.gzip, "gzip", false, "")
	fs.BoolVar(&o.raw, "raw", false, "")
	fs.Float64Var(&o.share, "share", 1, "")
	fs.BoolVar(&o.delta, "delta", false, "")
	fs.BoolVar(&o.follow, "follow", false, "")
	fs.Func("since", "", o.setSince)
	fs.BoolVar(&o.strict, "strict", false, "")
	fs.BoolVar(&o.list, "list", false, "")
	switch err := p.Parse(); {
	case err != nil:
		return nil, err
	case o.list, p.Demo():
		return o, nil
	}
	return o, cli.Usage(o.check(p))
}

// check refuses what does not go together.
func (o *options) check(p *cli.Program) error {
	switch {
	case o.out == "":
		return errors.New("where to? --out DIR writes files into a folder, --out - writes to standard output")
	case o.out == stdout && p.JSON:
		return errors.New("--out - and --json both want standard output: give one of them")
	case o.delta && (o.out == stdout || o.raw || o.gzip):
		return errors.New("--delta brings the files of --out DIR up to date, and leaves them compressed or not: it goes with none of --out -, --raw, --gzip")
	case !o.follow && !o.since.IsZero():
		return errors.New("--since says where --follow begins: give both, or none")
	case o.follow && (o.delta || o.gzip || o.strict || o.extended || o.full || len(o.only) > 0):
		return errors.New("--follow reads the System Log: it goes with none of --delta, --gzip, --strict, --extended, --members, --only")
	case !(o.share > 0 && o.share <= 1):
		return errors.New("--share is a part of the rate limits: more than 0, and at most 1")
	}
	return nil
}

// addOnly takes names of resources, separated by commas.
func (o *options) addOnly(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		switch r, ok := inventory.Lookup(name); {
		case !ok:
			return fmt.Errorf("there is no resource %q: --list shows what there is", name)
		case r.Kind == inventory.Activity:
			return fmt.Errorf("%s are what happens: --follow reads them", name)
		}
		o.only = append(o.only, name)
	}
	return nil
}

// setSince takes a time, a date, or how long ago it was.
func (o *options) setSince(text string) error {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			o.since = t
			return nil
		}
	}
	ago, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, dayErr := strconv.Atoi(days)
		ago, err = time.Duration(n)*24*time.Hour, dayErr
	}
	if err != nil || ago <= 0 {
		return errors.New("it is a time such as 2026-11-27T15:04:05Z, a date, or how long ago, such as 24h or 7d")
	}
	o.since = time.Now().Add(-ago)
	return nil
}

func (o *options) setMembers(text string) error {
	switch text {
	case "ids":
		o.full = false
	case "full":
		o.full = true
	default:
		return errors.New("it is ids or full")
	}
	return nil
}
