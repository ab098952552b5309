package main

import (
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// What the command line cannot mean is refused before a request is sent.
func TestUsage(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	for want, args := range map[string][]string{
		"where to? --out DIR":                       {},
		"--out - and --json both want":              {"--out", "-", "--json"},
		"--share is a part of the rate limits":      {"--out", "-", "--share", "0"},
		"at most 1":                                 {"--out", "-", "--share", "1.1"},
		`there is no resource "user": --list shows`: {"--out", "-", "--only", "groups, user"},
		"logs are what happens":                     {"--out", "-", "--only", "logs"},
		`--members: it is ids or full`:              {"--out", "-", "--members", "all"},
		"there is no flag --api-token":              {"--out", "-", "--api-token", "x"},
		"--since says where --follow begins":        {"--out", "-", "--since", "1h"},
		"--since: it is a time such as":             {"--out", "-", "--since", "yesterday"},
		"or how long ago, such as 24h or 7d":        {"--out", "-", "--follow", "--since", "-7d"},
		"--follow reads the System Log: it goes":    {"--out", "-", "--follow", "--only", "users"},
		"--out is empty":                            {"--out", ""},
	} {
		o.collect(t, args...).Check(t, cli.ExitUsage, want, "Run collect --help")
	}
	if n := len(o.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

// Where to begin is a time, a date, or how long ago.
func TestSince(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-11-27T15:04:05Z": time.Date(2026, 11, 27, 15, 4, 5, 0, time.UTC), "2026-11-27": time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC),
		"90m": time.Now().Add(-90 * time.Minute), "7d": time.Now().AddDate(0, 0, -7),
	} {
		o := new(options)
		if err := o.setSince(text); err != nil || o.since.Sub(want).Abs() > time.Hour+time.Minute { // a day may have 25 hours
			t.Errorf("%s: %v, %v, want %v", text, o.since, err, want)
		}
	}
}
