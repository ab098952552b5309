package oauthapp

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// RawRequests are the requests of a plan, in the order in which they are sent,
// to be shown, or to be sent by other means.
type RawRequests []RawRequest

// A RawRequest is one request of a plan as text. An id that is known only once
// an earlier request was answered is a placeholder in it: ${APP_ID},
// ${CLIENT_ID}, ${IAM_ORN}, ${ROLE_ID}, ${RESOURCE_SET_ID}, ${IAM_ROLE_ID} or
// ${IAM_RESOURCE_SET_ID}. It holds no credential.
type RawRequest struct {
	Purpose     string // what it does, in plain words and one line
	Method      string
	URL         string
	ContentType string // empty if there is no body
	Body        string

	// Gives are the placeholders that the answer fills in, in the order of
	// their names.
	Gives []string

	// NotByHand says why nobody can send the request by hand. It is empty for
	// all of them but the token request, which is the last one.
	NotByHand string

	url, body template

	// find lists the apps among which label would be, if the request makes an app.
	find, label string
}

// The placeholders.
const (
	appIDName     = "APP_ID"
	clientIDName  = "CLIENT_ID"
	iamORNName    = "IAM_ORN"
	assertionName = "CLIENT_ASSERTION"
)

// RawRequests returns the requests that [Plan.Apply] would send, without those
// that only read, and after them the token request of the app. It sends
// nothing. Apply also looks before it repeats a request whose answer was lost,
// and journals what it does; whoever sends these requests by hand has to.
func (p *Plan) RawRequests() (RawRequests, error) {
	r := newRaws(p)
	for _, c := range p.changes {
		if err := r.change(c); err != nil {
			return nil, fmt.Errorf("oauthapp: showing how to %s: %w", r.says(c), err)
		}
	}
	if err := r.token(); err != nil {
		return nil, fmt.Errorf("oauthapp: showing the token request: %w", err)
	}
	r.list.needed(iamORNName)
	return r.list, nil
}

// allOf is "a", "a and b", or "a, b and c".
func allOf(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// needed takes a placeholder that no request has out of Gives.
func (rs RawRequests) needed(name string) {
	used := slices.ContainsFunc(rs, func(r RawRequest) bool { return r.url.has(name) || r.body.has(name) })
	for i := range rs {
		if !used {
			rs[i].Gives = slices.DeleteFunc(rs[i].Gives, func(given string) bool { return given == name })
		}
	}
}

// A template is text with placeholders: text and names by turns, text first.
type template []string

// template takes the marks out of s.
func (r *raws) template(s string) template {
	t := template{}
	for {
		at, mark := len(s), ""
		for m := range r.marks {
			if i := strings.Index(s, m); i >= 0 && i < at {
				at, mark = i, m
			}
		}
		t = append(t, s[:at])
		if mark == "" {
			return t
		}
		t, s = append(t, r.marks[mark]), s[at+len(mark):]
	}
}

// has reports whether a placeholder is in t.
func (t template) has(name string) bool {
	for i, s := range t {
		if i%2 == 1 && s == name {
			return true
		}
	}
	return false
}

// String writes placeholders as ${NAME}.
func (t template) String() string {
	var b strings.Builder
	for i, s := range t {
		if i%2 == 1 {
			s = "${" + s + "}"
		}
		b.WriteString(s)
	}
	return b.String()
}

// HTTP returns the requests as HTTP text, each behind a line with its purpose
// that begins with ###. The Authorization header is a placeholder too.
func (rs RawRequests) HTTP() string {
	var b strings.Builder
	for i, r := range rs {
		fmt.Fprintf(&b, "### %d. %s\n", i+1, r.Purpose)
		if len(r.Gives) > 0 {
			fmt.Fprintf(&b, "# The answer gives %s.\n", allOf(r.Gives))
		}
		if slices.Contains(r.Gives, iamORNName) {
			fmt.Fprintf(&b, "# %s is orn:PARTITION:iam:ORGID:contained_resources, with PARTITION and ORGID of its orn, which is orn:PARTITION:idp:ORGID:apps:...\n", iamORNName)
		}
		if r.NotByHand != "" {
			fmt.Fprintf(&b, "# Not by hand: %s.\n", r.NotByHand)
		}
		fmt.Fprintf(&b, "%s %s HTTP/1.1\nAccept: application/json\n", r.Method, r.URL)
		if r.NotByHand == "" {
			b.WriteString("Authorization: SSWS ${API_TOKEN}\n")
		}
		switch {
		case r.ContentType != "":
			fmt.Fprintf(&b, "Content-Type: %s\n", r.ContentType)
		case r.Method == http.MethodPost || r.Method == http.MethodPut:
			b.WriteString("Content-Length: 0\n") // without it Okta answers 411
		}
		if r.Body != "" {
			fmt.Fprintf(&b, "\n%s\n", r.Body)
		}
		b.WriteString("\n")
	}
	return b.String()
}
