package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// hints name the flags by which what a plan refuses would run, each once.
func (j *job) hints(p *remediation.Plan) (all []string) {
	var lacking []remediation.Kind
	add := func(hint string) {
		if hint != "" && !slices.Contains(all, hint) {
			all = append(all, hint)
		}
	}
	for _, s := range p.Steps {
		kind := s.Action.Facts().Kind
		switch {
		case s.Verdict == remediation.Impossible:
			add(j.instead(s))
		case s.Verdict != remediation.Refused:
		case s.Guard == remediation.GuardScope, s.Guard == remediation.GuardRole:
			if !slices.Contains(lacking, kind) {
				lacking = append(lacking, kind)
			}
		default:
			add(j.hint(s, kind))
		}
	}
	if len(lacking) > 0 {
		add(fmt.Sprintf("use the credential of somebody who may, or have a Super Admin add it to what the app has: onboard ... --actions %s",
			strings.ReplaceAll(cli.Join(lacking), ", ", ",")))
	}
	return all
}

// hint is about a step that a guard refused.
func (j *job) hint(s remediation.Step, kind remediation.Kind) string {
	switch {
	case strings.Contains(s.Reason, "cannot be checked"):
		return "a Super Admin grants what checking needs; --allow-unchecked goes on without the check"
	case s.Guard == remediation.GuardDestructive:
		return fmt.Sprintf("--destructive %s lets it run", kind)
	case s.Guard == remediation.GuardAdmin && s.Action.Facts().Group != "", s.Target.Type != remediation.TargetUser:
		return "--allow GROUP_ID lets it run, if you mean to act on a group that carries an admin role; that takes a Super Admin's credential"
	case s.Guard == remediation.GuardAdmin:
		return fmt.Sprintf("--allow %s lets it run, if you mean to act on an admin; that takes a Super Admin's credential", s.Target.Name)
	case s.Guard == remediation.GuardTokenOwner:
		return fmt.Sprintf("--allow %s lets it run, if what uses that API token may stop", s.Target.Name)
	case s.Guard == remediation.GuardOwnCredential:
		return "to act on the owner of this credential, use another one"
	}
	return ""
}

// instead names the flags for what is possible in place of a step.
func (j *job) instead(s remediation.Step) string {
	if j.playbook == contain && !j.otherwiseDeactivate && slices.Contains(s.Instead, remediation.KindDeactivateUser) {
		return "--otherwise-deactivate --destructive deactivate_user deactivates whom nobody can suspend, which cannot be undone"
	}
	return ""
}
