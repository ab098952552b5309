package oauthapp

import (
	"context"
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// labelTaken reports whether an answer may mean that a label is in use, which
// is how Okta refuses to make a second role or set of one label.
func labelTaken(err error) bool {
	e, ok := fromOkta(err)
	return ok && (e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusConflict)
}

func (r *run) createCustomRole(ctx context.Context) (err error) {
	role := r.plan.Desired.requestRole(r.app.ClientID)
	suffix := customSuffix(r.app.ClientID)
	r.app.custom.roleID, err = ensure(ctx, r, write[string]{
		name: customRoleWrite, id: itself, duplicate: labelTaken,
		send: func(ctx context.Context) (string, error) {
			req, err := request.CreateCustomRole(ctx, r.o.c.Org, role)
			if err != nil {
				return "", err
			}
			return r.o.post(req)
		},
		look: func(ctx context.Context) (string, bool, error) {
			id, err := r.o.customRoleID(ctx, suffix)
			return id, id != "", err
		},
		note: forget[string](removeRoleWrite),
	})
	return err
}

func (r *run) createResourceSet(ctx context.Context) (err error) {
	set := r.plan.Desired.requestSet(r.app.ClientID)
	suffix := customSuffix(r.app.ClientID)
	r.app.custom.setID, err = ensure(ctx, r, write[string]{
		name: resourceSetWrite, id: itself, duplicate: labelTaken,
		send: func(ctx context.Context) (string, error) {
			req, err := request.CreateResourceSet(ctx, r.o.c.Org, set)
			if err != nil {
				return "", err
			}
			return r.o.post(req)
		},
		look: func(ctx context.Context) (string, bool, error) {
			id, err := r.o.resourceSetID(ctx, suffix)
			return id, id != "", err
		},
		note: forget[string](removeSetWrite),
	})
	return err
}

// bind gives the app the custom role over the resource set.
func (r *run) bind(ctx context.Context) error {
	setID, roleID, client := r.app.custom.setID, r.app.custom.roleID, r.app.ClientID
	id := setID + "/" + roleID
	_, err := ensure(ctx, r, write[string]{
		name: bindingWrite, id: itself,
		send: func(ctx context.Context) (string, error) {
			req, err := request.CreateBinding(ctx, r.o.c.Org, setID, roleID, client)
			if err != nil {
				return "", err
			}
			var made binding
			return id, r.o.c.Do(req, oktaint.Checked(&made, made.is))
		},
		look: func(ctx context.Context) (string, bool, error) {
			bound, err := r.o.bound(ctx, setID, roleID)
			return id, bound, err
		},
		note: forget[string](removeBindingWrite),
	})
	r.app.custom.bound = err == nil
	return err
}

// changePermissions adds permissions to the custom role and takes others from
// it. The role is the app's own: nobody else holds it.
func (r *run) changePermissions(ctx context.Context, s Step) error {
	roleID := r.app.custom.roleID
	holds := func(ctx context.Context, permission string) (bool, error) {
		held, err := r.o.permissions(ctx, roleID)
		return slices.Contains(held, permission), err
	}
	for _, p := range s.Permissions {
		_, err := ensure(ctx, r, write[bool]{
			name: permitPrefix + p,
			send: func(ctx context.Context) (bool, error) {
				req, err := request.AddPermission(ctx, r.o.c.Org, roleID, p)
				if err != nil {
					return false, err
				}
				return true, r.o.c.Do(req, nil)
			},
			look: func(ctx context.Context) (bool, bool, error) {
				there, err := holds(ctx, p)
				return there, there, err
			},
			note: forget[bool](forbidPrefix + p),
		})
		if err != nil {
			return err
		}
	}
	for _, p := range s.Forbid {
		err := r.remove(ctx, forbidPrefix+p, permitPrefix+p,
			func(ctx context.Context) (*http.Request, error) {
				return request.RemovePermission(ctx, r.o.c.Org, roleID, p)
			},
			func(ctx context.Context) (bool, error) {
				there, err := holds(ctx, p)
				return !there, err
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// removeCustomRole removes what there is of the custom role: the binding first,
// because it needs the two others.
func (r *run) removeCustomRole(ctx context.Context) error {
	c := &r.app.custom
	org, suffix := r.o.c.Org, customSuffix(r.app.ClientID)
	for _, part := range []struct {
		there          bool
		name, opposite string
		build          func(context.Context) (*http.Request, error)
		look           func(context.Context) (bool, error)
	}{
		{c.bound, removeBindingWrite, bindingWrite,
			func(ctx context.Context) (*http.Request, error) {
				return request.DeleteBinding(ctx, org, c.setID, c.roleID)
			},
			func(ctx context.Context) (bool, error) {
				there, err := r.o.bound(ctx, c.setID, c.roleID)
				return !there, err
			}},
		{c.setID != "", removeSetWrite, resourceSetWrite,
			func(ctx context.Context) (*http.Request, error) { return request.DeleteResourceSet(ctx, org, c.setID) },
			func(ctx context.Context) (bool, error) {
				id, err := r.o.resourceSetID(ctx, suffix)
				return id == "", err
			}},
		{c.roleID != "", removeRoleWrite, customRoleWrite,
			func(ctx context.Context) (*http.Request, error) { return request.DeleteCustomRole(ctx, org, c.roleID) },
			func(ctx context.Context) (bool, error) {
				id, err := r.o.customRoleID(ctx, suffix)
				return id == "", err
			}},
	} {
		if !part.there {
			continue
		}
		if err := r.remove(ctx, part.name, part.opposite, part.build, part.look); err != nil {
			return err
		}
	}
	*c = customRole{}
	return nil
}
