package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A mention is a user as the command line or a list names them.
type mention struct {
	name, where string
}

// readUsers reads the values of --user and the lists that they point to. It stops
// where there are more than a plan may be about.
func readUsers(p *cli.Program, values []string, most int) ([]mention, error) {
	var all []mention
	seen := make(map[string]bool)
	for _, value := range values {
		err := mentions(p, value, func(m mention) error {
			if key := strings.ToLower(m.name); !seen[key] {
				seen[key] = true
				all = append(all, m)
			}
			if len(all) > most {
				return cli.Usagef("more than %d users (%s): split them, or raise --max-targets on purpose. Nothing was done", most, m.where)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(values) > 0 && len(all) == 0 {
		return nil, cli.Usagef("whom? --user names nobody: the list is empty")
	}
	return all, nil
}

// mentions calls each with the users that one --user names.
func mentions(p *cli.Program, value string, each func(mention) error) error {
	in, name := p.Stdin, "standard input"
	if file, ok := strings.CutPrefix(value, "@"); ok {
		f, err := os.Open(file)
		if err != nil {
			return cli.Usagef("--user: %w", err)
		}
		defer f.Close()
		in, name = f, file
	} else if value != "-" {
		return each(mention{value, "--user"})
	}
	lines := &lineReader{in: bufio.NewReader(in)}
	for user, err := range remediation.ReadTargets(lines) {
		if err != nil {
			return cli.Usagef("--user: %s: %w", name, err)
		}
		if err := each(mention{user, fmt.Sprintf("line %d of %s", lines.n, name)}); err != nil {
			return err
		}
	}
	return nil
}

// A lineReader gives out no more than one line at a time, so that n is the line
// that its reader is at.
type lineReader struct {
	in   *bufio.Reader
	rest []byte
	n    int // lines that were begun
	mid  bool
}

func (r *lineReader) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		line, err := r.in.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err
		}
		if !r.mid {
			r.n++
		}
		r.mid = line[len(line)-1] != '\n'
		r.rest = line
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// lookups is how many users are looked for at a time.
const lookups = 8

// findUsers finds the users of mentions, each once. All who are not known are told
// in one error, or left out where that was asked for.
func (j *job) findUsers(ctx context.Context, wanted []mention) ([]remediation.Target, error) {
	found, errs := make([]remediation.Target, len(wanted)), make([]error, len(wanted))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(lookups)
	for i, m := range wanted {
		g.Go(func() error {
			found[i], errs[i] = remediation.ResolveUser(gctx, j.client, m.name)
			if isAnswer(errs[i]) {
				return nil
			}
			return errs[i]
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var unknown []string
	var all []remediation.Target
	seen := make(map[string]bool)
	for i, m := range wanted {
		if errs[i] != nil {
			unknown = append(unknown, fmt.Sprintf("%s: %s", m.where, cli.Text(errs[i])))
		} else if !seen[found[i].ID] {
			seen[found[i].ID] = true
			all = append(all, found[i])
		}
	}
	if j.skipUnknown && len(all) > 0 && len(unknown) > 0 {
		j.Say("left out, since they were not found:\n  %s", strings.Join(unknown, "\n  "))
		j.skipped = len(unknown)
		return all, nil
	}
	if len(unknown) > 0 {
		return nil, cli.Usagef("%d of %d users were not found, so nothing was done:\n  %s", len(unknown), len(wanted), strings.Join(unknown, "\n  "))
	}
	return all, nil
}

// isAnswer reports whether err is about the name that was looked for, and not
// about the looking.
func isAnswer(err error) bool {
	var e *oktaint.Error
	return err == nil || errors.Is(err, remediation.ErrUnknownUser) || errors.Is(err, remediation.ErrUnknownGroup) || !errors.As(err, &e) && !errors.Is(err, context.Canceled)
}

// findGroup returns the id of a group by its id or its name.
func (j *job) findGroup(ctx context.Context, where, idOrName string) (string, error) {
	g, err := remediation.ResolveGroup(ctx, j.client, idOrName)
	switch {
	case errors.Is(err, remediation.ErrUnknownGroup):
		return "", cli.Usagef(`%s %q: there is no such group. Nothing was done. To make it: --action '{"kind":"create_group","name":"..."}'`, where, idOrName)
	case err != nil && isAnswer(err):
		return "", cli.Usagef("%s: %w. Nothing was done", where, err)
	}
	return g.ID, err
}
