package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

// The playbooks, as --playbook names them.
const (
	contain    = "contain"
	release    = "release"
	quarantine = "quarantine"
	offboard   = "offboard"
)

// checkWhat sees that one thing is to be done, and to somebody.
func (o *options) checkWhat() error {
	ways := 0
	for _, asked := range []bool{o.playbook != "", len(o.actions) > 0, o.undoFile != ""} {
		if asked {
			ways++
		}
	}
	switch {
	case ways == 0:
		return errors.New("what is to be done? Give --playbook contain, release, quarantine or offboard; or --action; or --undo")
	case ways > 1:
		return errors.New("--playbook, --action and --undo are one plan each: give one of them")
	case o.playbook != "" && !slices.Contains([]string{contain, release, quarantine, offboard}, o.playbook):
		return fmt.Errorf("there is no playbook %.40q: contain, release, quarantine and offboard are known", o.playbook)
	case o.playbook != "" && len(o.users) == 0:
		return fmt.Errorf("whom? --playbook %s needs --user: an id or a login, - for standard input or @FILE", o.playbook)
	case o.maxTargets < 0:
		return errors.New("--max-targets is a number from 1")
	}
	return nil
}

// checkPlaybook refuses flags that belong to another playbook, rather than leave
// out in silence what somebody counts on.
func (o *options) checkPlaybook() error {
	for _, f := range []struct {
		given    bool
		name, of string
	}{
		{o.resetPassword, "--reset-password", contain}, {o.resetFactors, "--reset-factors", contain},
		{o.otherwiseDeactivate, "--otherwise-deactivate", contain},
		{len(o.keep) > 0, "--keep", quarantine}, {o.deleteAfterIt, "--delete", offboard},
	} {
		if f.given && o.playbook != f.of {
			return fmt.Errorf("%s belongs to --playbook %s", f.name, f.of)
		}
	}
	switch {
	case o.playbook == quarantine && o.group == "":
		return errors.New("--playbook quarantine needs --group: the group to put the user into, by id or name")
	case o.group != "" && o.playbook != quarantine && len(o.actions) == 0:
		return errors.New("--group goes with --playbook quarantine or with --action")
	}
	return nil
}

// shortest is how much of a digest has to be given.
const shortest = 12

func isDigest(s string) bool {
	return len(s) >= shortest && len(s) <= 64 && strings.Trim(s, "0123456789abcdef") == ""
}

func (o *options) checkApproval() error {
	switch {
	case o.apply && o.approve != "":
		return errors.New("--apply asks and --approve has been asked: give one of them")
	case o.approve != "" && !isDigest(o.approve):
		return fmt.Errorf("--approve is the digest that a plan shows, or its first %d characters or more", shortest)
	case len(o.of) > 0 && o.undoFile == "":
		return errors.New("--of belongs to --undo")
	case slices.ContainsFunc(o.of, func(s string) bool { return !isDigest(s) }):
		return fmt.Errorf("--of is the digest of a plan that was run, or its first %d characters or more", shortest)
	case o.undoFile != "" && o.recordFile != "":
		return errors.New("--undo keeps its records in the file that it reads: leave --record out")
	case o.secretsFile == "":
		return nil
	}
	if _, err := os.Lstat(o.secretsFile); err == nil {
		return fmt.Errorf("--secrets %s is there already: name a new file, so that nothing is lost", o.secretsFile)
	}
	return nil
}

// checkNames finds names that were copied from documentation unchanged.
func (o *options) checkNames() error {
	for _, name := range o.users {
		if cli.IsPlaceholder(name, "LOGIN", "USER", "USER_ID", "ID", "NAME", "USERNAME") {
			return fmt.Errorf("--user %.40s is a placeholder: put the id or the login of the user there, such as dana@example.com", name)
		}
	}
	return nil
}
