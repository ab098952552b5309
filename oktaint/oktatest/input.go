package oktatest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// members are the names that a JSON object of a request may have, each with
// those of the object below it. The name * stands for any names and all below.
type members map[string]members

// parseMembers reads names between spaces, each followed by the names below it
// in braces if there are any: "type profile{name description}". A list is as
// its elements are.
func parseMembers(text string) members {
	all, rest := parseLevel(text)
	if rest != "" {
		panic("oktatest: members: " + text)
	}
	return all
}

func parseLevel(text string) (all members, rest string) {
	all = members{}
	for {
		text = strings.TrimLeft(text, " ")
		if text == "" || text[0] == '}' {
			return all, text
		}
		end := strings.IndexAny(text, " {}")
		if end < 0 {
			end = len(text)
		}
		name := text[:end]
		if text = text[end:]; !strings.HasPrefix(text, "{") {
			all[name] = nil
			continue
		}
		var below string
		all[name], below = parseLevel(text[1:])
		text = strings.TrimPrefix(below, "}")
	}
}

// unknown returns the path of the first member of a JSON value that is not
// among these, or "".
func (m members) unknown(v any) string {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if path := m.unknown(item); path != "" {
				return path
			}
		}
	case object:
		if _, any := m["*"]; any {
			return ""
		}
		for name, value := range v {
			below, known := m[name]
			if !known {
				return name
			}
			if path := below.unknown(value); path != "" {
				return name + "." + path
			}
		}
	}
	return ""
}

// checkInput refuses parameters and members that the route does not declare.
// Parameters that only this org does not have are 501, unless they say false.
// The token endpoints ignore what they do not know, as RFC 6749 says.
func (c *call) checkInput() error {
	if c.route.flags&form != 0 {
		return nil
	}
	known, lacking := strings.Fields(c.route.query), strings.Fields(c.route.lacks)
	for name, values := range c.query {
		switch {
		case slices.Contains(known, name):
		case !slices.Contains(lacking, name):
			return invalid(name, name+": The parameter is unknown")
		case slices.ContainsFunc(values, func(value string) bool { return value != "false" }):
			return &apiError{status: http.StatusNotImplemented, code: errNotHere.code, summary: errNotHere.summary,
				causes: []string{"Okta has the parameter " + name + ", the simulated org has not."}}
		}
	}
	return c.checkBody()
}

// checkBody refuses a body that is not JSON, has characters that Okta does not
// support, or has members that the route does not declare.
func (c *call) checkBody() error {
	if len(c.body) == 0 {
		return nil
	}
	var body any
	if err := unmarshal(c.body, &body); err != nil || !narrow(body) {
		return errBody
	}
	if path := c.route.members.unknown(body); path != "" {
		return &apiError{status: errBody.status, code: errBody.code, summary: errBody.summary,
			causes: []string{path + ": The member is unknown"}}
	}
	return nil
}

// narrow reports whether all text in a JSON value is of characters that take
// at most three bytes of UTF-8, all that Okta supports.
func narrow(v any) bool {
	switch v := v.(type) {
	case string:
		for _, r := range v {
			if r > 0xFFFF {
				return false
			}
		}
	case []any:
		for _, item := range v {
			if !narrow(item) {
				return false
			}
		}
	case map[string]any:
		for key, item := range v {
			if !narrow(key) || !narrow(item) {
				return false
			}
		}
	}
	return true
}

// An Endpoint is what the org knows of one endpoint that it serves.
type Endpoint struct {
	Method string
	Path   string       // a template: {x} matches one element
	Scope  scopes.Scope // what an access token needs; empty if the endpoint takes none
	Query  []string     // names of parameters that it understands; any other is refused
	Lacks  []string     // names of parameters that Okta has; the org answers 501 to them

	// Body holds the members of the JSON body, with dots between the names of
	// nested ones, those in lists too: profile.name. A name * stands for any
	// members. Any other member is refused. Empty means no body, or a form.
	Body []string
}

// Endpoints returns all endpoints that an org serves.
func Endpoints() []Endpoint {
	var all []Endpoint
	for _, row := range allRoutes() {
		all = append(all, Endpoint{
			Method: row.method, Path: row.pattern, Scope: row.scope,
			Query: strings.Fields(row.query), Lacks: strings.Fields(row.lacks), Body: row.members.paths(""),
		})
	}
	return all
}

// paths lists the names without names below them, sorted.
func (m members) paths(above string) []string {
	var all []string
	for name, below := range m {
		if len(below) == 0 {
			all = append(all, above+name)
			continue
		}
		all = append(all, below.paths(above+name+".")...)
	}
	slices.Sort(all)
	return all
}
