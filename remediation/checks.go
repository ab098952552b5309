package remediation

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

type guardFunc func(context.Context, Action, Facts, *view) (judgement, error)

// check returns the refusal of the first guard that refuses an action, or what is
// left to warn of.
func (s *reader) check(ctx context.Context, a Action, v *view) (judgement, error) {
	j, err := ask(ctx, a, v, s.checkScope, s.checkOwn, s.checkProtected, s.checkDestructive, s.checkAdmin, s.checkTokenOwner, s.checkRole)
	if err != nil || j.verdict == Refused {
		return j, err
	}
	got, err := s.checkOwner(ctx, a)
	got.warnings = slices.Concat(j.warnings, got.warnings)
	return got, err
}

func ask(ctx context.Context, a Action, v *view, guards ...guardFunc) (judgement, error) {
	f, j := a.Facts(), willRun
	for _, guard := range guards {
		got, err := guard(ctx, a, f, v)
		if err != nil {
			return got, err
		}
		j.warnings = append(j.warnings, got.warnings...)
		if got.verdict == Refused {
			got.warnings = j.warnings
			return got, nil
		}
	}
	return j, nil
}

func refused(g Guard, format string, args ...any) (judgement, error) {
	return judgement{verdict: Refused, guard: g, reason: fmt.Sprintf(format, args...)}, nil
}

// unchecked is the outcome of a guard that could not look, for whatever reason. It is
// an error only if nothing else would work either.
func (s *reader) unchecked(ctx context.Context, g Guard, what string, err error) (judgement, error) {
	if ends(ctx, err) {
		return judgement{}, err
	}
	why, ok := denied(err)
	if ok {
		err = nil
	} else {
		why = failing(err)
	}
	if s.guards.AllowUnchecked {
		return willRun.warn(fmt.Sprintf("%s was not checked: %s", what, why.text)), nil
	}
	j, _ := refused(g, "%s cannot be checked: %s", what, why.text)
	j.passing = err
	return j, nil
}

func (s *reader) checkScope(ctx context.Context, a Action, f Facts, _ *view) (judgement, error) {
	who, err := s.authority(ctx)
	if err != nil || who.scopes == nil || who.scopes.Covers(f.Scope) {
		return willRun, err
	}
	return refused(GuardScope, "the token lacks the scope %s: a Super Admin grants it to the app", f.Scope)
}

func (s *reader) checkOwn(ctx context.Context, _ Action, _ Facts, v *view) (judgement, error) {
	if v.user == nil && (v.group == nil || v.group.members == nil) {
		return willRun, nil
	}
	who, err := s.authority(ctx)
	switch {
	case err != nil:
		return willRun, err
	case who.noOwner != "" && s.guards.AllowUnchecked:
		return willRun.warn("whether the target owns the API token that does the work was not checked: " + who.noOwner), nil
	case who.noOwner != "":
		j, _ := refused(GuardOwnCredential, "whose API token does the work cannot be found out: %s", who.noOwner)
		j.passing = who.passing
		return j, nil
	case v.user != nil && v.user.id == who.userID:
		return refused(GuardOwnCredential, "the user owns the API token that does the work")
	case v.group != nil && who.userID != "" && slices.ContainsFunc(v.group.members, func(m member) bool { return m.ID == who.userID }):
		return refused(GuardOwnCredential, "the owner of the API token that does the work is in the group")
	}
	return willRun, nil
}

func (s *reader) checkProtected(ctx context.Context, _ Action, f Facts, v *view) (judgement, error) {
	list := s.guards.Protected
	if len(list) == 0 {
		return willRun, nil
	}
	if u := v.user; u != nil {
		if named(list, u.id, u.login) {
			return refused(GuardProtected, "the user is protected")
		}
		for _, m := range u.groups {
			if named(list, m.ID, m.Profile.Name) {
				return refused(GuardProtected, "the user is in the protected group %s", m.Profile.Name)
			}
		}
	}
	if v.group != nil {
		for _, m := range v.group.members {
			if named(list, m.ID, m.Profile.Login) {
				return refused(GuardProtected, "the protected user %s is in the group", m.Profile.Login)
			}
		}
	}
	for _, id := range groupsOf(f, v) {
		g, err := s.group(ctx, id, v.user, false, partGroup)
		if err != nil {
			return s.unchecked(ctx, GuardProtected, "whether the group "+id+" is protected", err)
		}
		if named(list, id, g.name) {
			return refused(GuardProtected, "the group %s is protected", orElse(g.name, id))
		}
	}
	return willRun, nil
}

func (s *reader) checkDestructive(_ context.Context, _ Action, f Facts, _ *view) (judgement, error) {
	if !f.Destructive || slices.Contains(s.guards.Destructive, f.Kind) {
		return willRun, nil
	}
	return refused(GuardDestructive, "%s loses %s; it runs only if Guards.Destructive names it", f.Kind, f.Lost)
}

// checkAdmin refuses users who hold admin roles and groups that carry them,
// unless they are allowed by name and the credential is a Super Admin's.
func (s *reader) checkAdmin(ctx context.Context, _ Action, f Facts, v *view) (judgement, error) {
	j := willRun
	if u := v.user; u != nil {
		roles, err := s.rolesOfUser(ctx, u.id)
		if err != nil {
			if j, err = s.unchecked(ctx, GuardAdmin, "whether the user holds an admin role", err); err != nil || j.verdict == Refused {
				return j, err
			}
		}
		if len(roles) > 0 {
			if got, err := s.allowAdmin(ctx, named(s.guards.Allow, u.id, u.login), "the user holds "+strings.Join(roles, ", ")); err != nil || got.verdict == Refused {
				return got, err
			}
		}
	}
	for _, id := range groupsOf(f, v) {
		roles, err := s.rolesOfGroup(ctx, id)
		if err != nil {
			got, err := s.unchecked(ctx, GuardAdmin, "whether the group "+id+" carries an admin role", err)
			if err != nil || got.verdict == Refused {
				return got, err
			}
			j.warnings = append(j.warnings, got.warnings...)
		}
		if len(roles) > 0 {
			if got, err := s.allowAdmin(ctx, named(s.guards.Allow, id), "the group "+id+" carries "+strings.Join(roles, ", ")); err != nil || got.verdict == Refused {
				return got, err
			}
		}
	}
	return j, nil
}

func (s *reader) allowAdmin(ctx context.Context, allowed bool, what string) (judgement, error) {
	if !allowed {
		return refused(GuardAdmin, "%s; it is acted on only if Guards.Allow names it", what)
	}
	who, err := s.authority(ctx)
	if err == nil && who.roles.unknown == "" && !who.roles.super {
		return refused(GuardRole, "%s: only a Super Admin may act on admins, and the credential is none", what)
	}
	return willRun, err
}

func (s *reader) checkTokenOwner(ctx context.Context, _ Action, f Facts, v *view) (judgement, error) {
	if v.user == nil || f.Group != "" { // a membership does no harm to a token
		return willRun, nil
	}
	owners, err := s.tokenOwners(ctx)
	switch {
	case err != nil:
		return s.unchecked(ctx, GuardTokenOwner, "whether the user owns an API token", err)
	case owners[v.user.id] != "" && !named(s.guards.Allow, v.user.id, v.user.login):
		return refused(GuardTokenOwner, "the user owns the API token %q; they are acted on only if Guards.Allow names them", owners[v.user.id])
	}
	return willRun, nil
}

// checkRole tells what the org would say to a credential whose roles are known.
func (s *reader) checkRole(ctx context.Context, a Action, f Facts, _ *view) (judgement, error) {
	who, err := s.authority(ctx)
	if err != nil || who.roles.unknown != "" {
		return willRun, err
	}
	if missing := who.roles.lacks(f.Permissions); len(missing) > 0 {
		return refused(GuardRole, "no admin role of the credential has the permission %s (its roles: %s): a Super Admin adds it to the app's custom role",
			strings.Join(missing, ", "), who.roles)
	}
	return willRun, nil
}

// groupsOf returns the groups that an action is about: its own, or those of its
// rule.
func groupsOf(f Facts, v *view) []string {
	switch {
	case f.Group != "":
		return []string{f.Group}
	case f.Target.Type == TargetGroup && f.Target.ID != "":
		return []string{f.Target.ID}
	case v.rule != nil:
		return v.rule.groups
	}
	return nil
}
