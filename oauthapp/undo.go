package oauthapp

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// steps lists what there is to undo, in order.
func (b *rollback) steps() []undoing {
	steps := b.custom()
	if b.rec.Writes[createWrite] == "" {
		return append(steps, b.given(b.rec.ApplicationID)...)
	}
	appID := b.rec.Made[createWrite]
	// Grants and roles belong to the client id. Only where the app has the same
	// id is it known that they go with it.
	if b.rec.ClientID != appID {
		steps = append(steps, b.given(appID)...)
	}
	return append(steps, undoing{
		name: createWrite, what: fmt.Sprintf("the app %q (%s)", b.rec.Label, appID), do: b.deleteApp,
	})
}

// deleteApp deletes the app that this journal created, and all that goes with
// it.
func (b *rollback) deleteApp(ctx context.Context, id string) error {
	if err := b.deactivate(ctx, id); err != nil {
		return err
	}
	err := b.insist(ctx, nil, func(ctx context.Context) (*http.Request, error) {
		return request.DeleteApp(ctx, b.o.c.Org, id)
	})
	if err == nil {
		b.forget(nil)
	}
	return err
}

// deactivate deactivates an app. What Okta answers if it is inactive already is
// not known, so that is read before each attempt.
func (b *rollback) deactivate(ctx context.Context, id string) error {
	active := func(ctx context.Context) (bool, error) {
		found, err := b.o.byID(ctx, id)
		return len(found) == 1 && found[0].Active, err
	}
	return b.insist(ctx, active, func(ctx context.Context) (*http.Request, error) {
		return request.DeactivateApp(ctx, b.o.c.Org, id)
	})
}

// given lists what the app was given: roles, grants, its being active.
func (b *rollback) given(appID string) []undoing {
	var roles, grants, active []undoing
	for _, name := range slices.Sorted(maps.Keys(b.rec.Writes)) {
		if role, ok := strings.CutPrefix(name, rolePrefix); ok {
			roles = append(roles, b.role(name, role))
		}
		if scope, ok := strings.CutPrefix(name, grantPrefix); ok {
			grants = append(grants, b.grant(name, appID, scopes.Scope(scope)))
		}
	}
	if b.rec.Writes[activateWrite] != "" && b.rec.Writes[createWrite] == "" {
		active = []undoing{{
			name: activateWrite, what: "the activation of app " + appID,
			do: func(ctx context.Context, _ string) error { return b.deactivate(ctx, appID) },
		}}
	}
	return slices.Concat(roles, grants, active)
}

func (b *rollback) role(name, role string) undoing {
	client := b.rec.ClientID
	return undoing{
		name: name, what: fmt.Sprintf("the role %s of client %s", role, client),
		find: func(ctx context.Context) (string, bool, error) { return b.o.roleID(ctx, client, role) },
		do: func(ctx context.Context, id string) error {
			return b.insist(ctx, nil, func(ctx context.Context) (*http.Request, error) {
				return request.UnassignRole(ctx, b.o.c.Org, client, id)
			})
		},
	}
}

func (b *rollback) grant(name, appID string, scope scopes.Scope) undoing {
	return undoing{
		name: name, what: fmt.Sprintf("the grant of %s to app %s", scope, appID),
		find: func(ctx context.Context) (string, bool, error) { return b.o.grantID(ctx, appID, scope) },
		do: func(ctx context.Context, id string) error {
			return b.insist(ctx, nil, func(ctx context.Context) (*http.Request, error) {
				return request.RevokeGrant(ctx, b.o.c.Org, appID, id)
			})
		},
	}
}

// custom lists the binding, the resource set and the custom role that the
// journal made. A binding has no id of its own: it is that of its set and that
// of its role.
func (b *rollback) custom() []undoing {
	suffix := customSuffix(b.rec.ClientID)
	findRole := func(ctx context.Context) (string, bool, error) {
		id, err := b.o.customRoleID(ctx, suffix)
		return id, id != "", err
	}
	findSet := func(ctx context.Context) (string, bool, error) {
		id, err := b.o.resourceSetID(ctx, suffix)
		return id, id != "", err
	}
	findBinding := func(ctx context.Context) (string, bool, error) {
		set, ok, err := findSet(ctx)
		if err != nil || !ok {
			return "", false, err
		}
		role, ok, err := findRole(ctx)
		return set + "/" + role, ok, err
	}
	all := []undoing{
		{name: bindingWrite, what: "the binding of the custom role of " + b.rec.ClientID, find: findBinding, do: b.remover(deleteBinding)},
		{name: resourceSetWrite, what: "the resource set of " + b.rec.ClientID, find: findSet, do: b.remover(request.DeleteResourceSet)},
		{name: customRoleWrite, what: "the custom role of " + b.rec.ClientID, find: findRole, do: b.remover(request.DeleteCustomRole)},
	}
	return slices.DeleteFunc(all, func(u undoing) bool { return b.rec.Writes[u.name] == "" })
}

func (b *rollback) remover(build func(context.Context, oktaint.Org, string) (*http.Request, error)) func(context.Context, string) error {
	return func(ctx context.Context, id string) error {
		return b.insist(ctx, nil, func(ctx context.Context) (*http.Request, error) { return build(ctx, b.o.c.Org, id) })
	}
}

// deleteBinding takes the id that the journal has of a binding.
func deleteBinding(ctx context.Context, org oktaint.Org, id string) (*http.Request, error) {
	set, role, _ := strings.Cut(id, "/")
	return request.DeleteBinding(ctx, org, set, role)
}
