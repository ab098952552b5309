package oauthapp

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
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
	r := &raws{org: p.client.Org, d: p.Desired, marks: map[string]string{}, app: *p.app()}
	for id, name := range map[*string]string{&r.app.ID: appIDName, &r.app.ClientID: clientIDName} {
		if *id == "" {
			*id = r.mark(name)
		}
	}
	if _, err := r.app.iamORN(); err != nil {
		r.app.iam = "orn:" + rand.Text() // what is no ORN is refused
		r.marks[r.app.iam] = iamORNName
	}
	for name, own := range ownRoles {
		r.app.own(name, func(c *customRole) {
			if c.roleID == "" {
				c.roleID = r.mark(own.roleID)
			}
			if c.setID == "" {
				c.setID = r.mark(own.setID)
			}
		})
	}
	return r
}

func (r *raws) mark(name string) string {
	mark := rand.Text()
	r.marks[mark] = name
	return mark
}

func (r *raws) says(c change) string { return stepsOf([]change{c}, r.d, &r.app)[0].String() }

// change adds the requests of a change.
func (r *raws) change(c change) error {
	t := &target{org: r.org, app: &r.app, d: r.d, arg: c.arg, id: c.id}
	for _, s := range c.way().sends {
		if s.done != nil && s.done(t) {
			continue
		}
		if s.reads && bytes.Contains(r.app.object, []byte(`"client_secret"`)) {
			return errClientSecret
		}
		req, err := s.build(context.Background(), t)
		if err != nil {
			return err
		}
		var gives []string
		if s.gives != nil {
			gives = s.gives(c.arg)
		}
		if err := r.add(r.says(c), req, gives...); err != nil {
			return err
		}
	}
	if c.row != appRow || c.taken {
		return nil
	}
	return r.look()
}

// look adds to the last request, which makes an app, where one of its label would be found.
func (r *raws) look() error {
	find, err := request.FindApps(context.Background(), r.org, r.d.Label)
	if err != nil {
		return err
	}
	last := &r.list[len(r.list)-1]
	last.find, last.label = find.URL.String(), r.d.Label
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
	if err != nil {
		return err
	}
	if err := r.add("get an access token", req); err != nil {
		return err
	}
	r.list[len(r.list)-1].NotByHand = "it needs an assertion that is signed with the private key of " + r.d.Key.ID() +
		" for client " + r.template(r.app.ClientID).String() + ", and that lives for minutes and can be used once: a program makes it"
	return nil
}

// add appends a request.
func (r *raws) add(purpose string, req *http.Request, gives ...string) (err error) {
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
