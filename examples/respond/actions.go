package main

import (
	"context"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// buildActions turns the command line into actions on users and groups that were
// found.
func (j *job) buildActions(ctx context.Context) ([]remediation.Action, error) {
	if j.playbook == "" {
		return j.expand(ctx)
	}
	var group string
	var keep []string
	var err error
	if j.playbook == quarantine {
		if group, keep, err = j.quarantineGroups(ctx); err != nil {
			return nil, err
		}
	}
	var all []remediation.Action
	for _, u := range j.targets {
		actions, err := j.play(ctx, u.ID, group, keep)
		if err != nil {
			return nil, err
		}
		all = append(all, actions...)
	}
	return all, nil
}

// play returns what the playbook does to one user.
func (j *job) play(ctx context.Context, user, group string, keep []string) ([]remediation.Action, error) {
	switch j.playbook {
	case contain:
		opts := remediation.ContainOptions{ResetPassword: j.resetPassword, ResetFactors: j.resetFactors}
		if j.otherwiseDeactivate {
			opts.OrDeactivate = true
		}
		return remediation.Contain(user, opts), nil
	case release:
		return remediation.Release(user), nil
	case offboard:
		return remediation.Offboard(user, remediation.OffboardOptions{Delete: j.deleteAfterIt}), nil
	}
	return remediation.Quarantine(ctx, j.client, user, group, keep...)
}

// quarantineGroups finds the groups of --group and --keep.
func (j *job) quarantineGroups(ctx context.Context) (group string, keep []string, err error) {
	if group, err = j.findGroup(ctx, "--group", j.group); err != nil {
		return "", nil, err
	}
	for _, name := range j.keep {
		id, err := j.findGroup(ctx, "--keep", name)
		if err != nil {
			return "", nil, err
		}
		keep = append(keep, id)
	}
	return group, keep, nil
}

// expand makes the actions of --action, in their order: those on users for one
// user after another, those on groups and rules once.
func (j *job) expand(ctx context.Context) ([]remediation.Action, error) {
	if err := j.checkTemplates(); err != nil {
		return nil, err
	}
	var group string
	if j.group != "" {
		var err error
		if group, err = j.findGroup(ctx, "--group", j.group); err != nil {
			return nil, err
		}
	}
	var all []remediation.Action
	for rest := j.actions; len(rest) > 0; {
		n := max(1, slices.IndexFunc(append(rest, template{}), func(t template) bool { return t.kind == "" || !t.wants("user_id") }))
		users := j.targets
		if !rest[0].wants("user_id") {
			users = []remediation.Target{{}}
		}
		for _, u := range users {
			for _, t := range rest[:n] {
				a, err := t.action(map[string]string{"user_id": u.ID, "group_id": group})
				if err != nil {
					return nil, cli.Usage(err)
				}
				all = append(all, a)
			}
		}
		rest = rest[n:]
	}
	return all, nil
}

// checkTemplates sees that each action knows whom it is about, and that no --user
// and no --group is left over.
func (j *job) checkTemplates() error {
	var users, groups []string
	for _, t := range j.actions {
		if t.wants("user_id") {
			users = append(users, string(t.kind))
		}
		if t.wants("group_id") {
			groups = append(groups, string(t.kind))
		}
	}
	switch {
	case len(users) > 0 && len(j.targets) == 0:
		return cli.Usagef("whom? %s needs --user: an id or a login, - for standard input or @FILE", strings.Join(users, ", "))
	case len(users) == 0 && len(j.targets) > 0:
		return cli.Usagef("--user goes with none of these actions")
	case len(groups) > 0 && j.group == "":
		return cli.Usagef("which group? %s needs --group: an id or a name", strings.Join(groups, ", "))
	case len(groups) == 0 && j.group != "":
		return cli.Usagef("--group goes with none of these actions")
	}
	return nil
}
