package oauthapp

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A raws builds RawRequests. An id that is not known is a random mark in the
// requests, which no escaping alters and which occurs nowhere else.
type raws struct {
	org   oktaint.Org
	d     Desired
	app   App               // with marks for ids that are not known
	marks map[string]string // name of the placeholder by its mark
	list  RawRequests
}

func newRaws(p *Plan) *raws {
	r := &raws{org: p.client.Org, d: p.Desired, marks: map[string]string{}}
	if p.App != nil {
		r.app = *p.App
	}
	for id, name := range map[*string]string{
		&r.app.ID: appIDName, &r.app.ClientID: clientIDName,
		&r.app.custom.roleID: roleIDName, &r.app.custom.setID: resourceSetIDName,
	} {
		if *id == "" {
			*id = r.mark(name)
		}
	}
	return r
}

func (r *raws) mark(name string) string {
	mark := rand.Text()
	r.marks[mark] = name
	return mark
}

// known reports whether an id is none of the placeholders.
func (r *raws) known(id string) bool { return r.marks[id] == "" }

// step adds the requests of a step.
func (r *raws) step(s Step) error {
	ctx := context.Background()
	switch s.Kind {
	case StepCreate:
		req, err := request.CreateApp(ctx, r.org, r.d.requestApp())
		return r.add(s.String(), req, err, appIDName, clientIDName)
	case StepActivate:
		req, err := request.ActivateApp(ctx, r.org, r.app.ID)
		return r.add(s.String(), req, err)
	case StepRename:
		return r.replace(s, s.labelled())
	case StepUpdate:
		return r.replace(s, s.settings())
	case StepRole:
		req, err := request.AssignRole(ctx, r.org, r.app.ClientID, s.Role)
		return r.add(s.String(), req, err)
	case StepUnassign:
		req, err := request.UnassignRole(ctx, r.org, r.app.ClientID, r.app.roleIDs[s.Role])
		return r.add(s.String(), req, err)
	case StepGrant, StepRevoke:
		return r.scopes(s)
	case StepRevokeToken:
		req, err := request.RevokeCurrentToken(ctx, r.org)
		return r.add(s.String(), req, err)
	}
	return r.customStep(s)
}

// customStep adds the requests of a step about the custom role.
func (r *raws) customStep(s Step) error {
	ctx := context.Background()
	c := r.app.custom
	switch s.Kind {
	case StepCustomRole:
		req, err := request.CreateCustomRole(ctx, r.org, r.d.requestRole(r.app.ClientID))
		return r.add(s.String(), req, err, roleIDName)
	case StepPermissions:
		return r.permissions(s)
	case StepResourceSet:
		req, err := request.CreateResourceSet(ctx, r.org, r.d.requestSet(r.app.ClientID))
		return r.add(s.String(), req, err, resourceSetIDName)
	case StepBinding:
		req, err := request.CreateBinding(ctx, r.org, c.setID, c.roleID, r.app.ClientID)
		return r.add(s.String(), req, err)
	case StepRemoveCustomRole:
		return r.removeCustomRole()
	}
	return fmt.Errorf("a step of the kind %q has no raw form", s.Kind)
}

// replace adds a PUT of the app as the plan found it, with change in it.
func (r *raws) replace(s Step, change map[string]any) error {
	if bytes.Contains(r.app.object, []byte(`"client_secret"`)) {
		return errors.New("the app has a client secret, which is not shown: change the app in the Admin Console")
	}
	changed, err := merge(r.app.object, change)
	if err != nil {
		return err
	}
	r.app.object = changed
	req, err := request.UpdateApp(context.Background(), r.org, r.app.ID, changed)
	return r.add(s.String(), req, err)
}

// scopes adds a request for each scope of a step.
func (r *raws) scopes(s Step) error {
	for scope := range s.Scopes.All() {
		req, err := request.Grant(context.Background(), r.org, r.app.ID, scope)
		if s.Kind == StepRevoke {
			req, err = request.RevokeGrant(context.Background(), r.org, r.app.ID, r.app.grantIDs[scope])
		}
		if err := r.add(Step{Kind: s.Kind, Scopes: scopes.New(scope)}.String(), req, err); err != nil {
			return err
		}
	}
	return nil
}

// permissions adds a request for each permission that the custom role gets or
// loses.
func (r *raws) permissions(s Step) error {
	for _, p := range s.Permissions {
		req, err := request.AddPermission(context.Background(), r.org, r.app.custom.roleID, p)
		if err := r.add(Step{Kind: s.Kind, Permissions: []string{p}}.String(), req, err); err != nil {
			return err
		}
	}
	for _, p := range s.Forbid {
		req, err := request.RemovePermission(context.Background(), r.org, r.app.custom.roleID, p)
		if err := r.add(Step{Kind: s.Kind, Forbid: []string{p}}.String(), req, err); err != nil {
			return err
		}
	}
	return nil
}

// removeCustomRole adds the requests that remove what there is of the custom
// role, the binding first because it needs the two others.
func (r *raws) removeCustomRole() error {
	ctx, c := context.Background(), r.app.custom
	if c.bound {
		req, err := request.DeleteBinding(ctx, r.org, c.setID, c.roleID)
		if err := r.add("take the custom role from the app", req, err); err != nil {
			return err
		}
	}
	if r.known(c.setID) {
		req, err := request.DeleteResourceSet(ctx, r.org, c.setID)
		if err := r.add("remove the resource set", req, err); err != nil {
			return err
		}
	}
	if r.known(c.roleID) {
		req, err := request.DeleteCustomRole(ctx, r.org, c.roleID)
		return r.add("remove the custom role", req, err)
	}
	return nil
}

// token adds the token request (RFC 6749, section 4.4, and RFC 7523).
func (r *raws) token() error {
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"scope":                 {r.d.Scopes.String()},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {r.mark(assertionName)},
	}
	req, err := r.org.NewRequest(context.Background(), http.MethodPost, nil, form, "oauth2", "v1", "token")
	if err := r.add("get an access token", req, err); err != nil {
		return err
	}
	r.list[len(r.list)-1].NotByHand = "it needs an assertion that is signed with the private key of " + r.d.Key.ID() +
		" for client " + r.template(r.app.ClientID).String() + ", and that lives for minutes and can be used once: a program makes it"
	return nil
}

// add appends what a function of package request returned.
func (r *raws) add(purpose string, req *http.Request, err error, gives ...string) error {
	if err != nil {
		return err
	}
	var body []byte
	if req.Body != nil {
		if body, err = io.ReadAll(req.Body); err != nil {
			return err
		}
	}
	raw := RawRequest{
		Purpose: purpose, Method: req.Method, ContentType: req.Header.Get("Content-Type"), Gives: gives,
		url: r.template(req.URL.String()), body: r.template(string(body)),
	}
	raw.URL, raw.Body = raw.url.String(), raw.body.String()
	r.list = append(r.list, raw)
	return nil
}
