package oktatest

import "strings"

func (c *call) listApps() (reply, error) {
	q := strings.ToLower(c.query.Get("q"))
	want, ofUser := func(*app) bool { return true }, ""
	if text := c.query.Get("filter"); text != "" {
		var err error
		if want, ofUser, err = appFilter(text); err != nil {
			return reply{}, err
		}
	}
	if err := c.checkExpand(ofUser); err != nil {
		return reply{}, err
	}
	seen := c.seen()
	if _, err := c.flag("includeNonDeleted", false); err != nil {
		return reply{}, err
	}
	l := lister[*app]{
		paging: paging{limit: 20, most: 200, params: []string{"after", "limit", "q", "filter", "expand"}},
		table:  &c.org.apps,
		id:     func(a *app) string { return a.id },
		match: func(a *app) bool {
			byQ := strings.HasPrefix(strings.ToLower(a.name), q) || strings.HasPrefix(strings.ToLower(a.label), q)
			return byQ && want(a) && seen(a)
		},
		view: c.org.viewApp,
	}
	if c.query.Has("expand") {
		l.view = func(a *app) object { return c.org.viewAppFor(a, ofUser) }
	}
	return list(c, l)
}

// viewAppFor is an app with the assignment of a user embedded.
func (o *Org) viewAppFor(a *app, user string) object {
	view := o.viewApp(a)
	if x, assigned := a.users.get(user); assigned {
		view["_embedded"] = object{"user": o.viewAppUser(a, x)}
	}
	return view
}

// checkExpand refuses what expand cannot name: it is user/{userId}, in the list
// of apps only together with a filter for the apps of that user.
func (c *call) checkExpand(ofUser string) error {
	text := c.query.Get("expand")
	id, ok := strings.CutPrefix(text, "user/")
	inList := c.route.pattern == pathApps
	if text == "" || ok && len(id) == 20 && !strings.Contains(id, ",") && (!inList || id == ofUser) {
		return nil
	}
	return invalid("expand", "expand: The value must be user/{userId}, for the user of the filter")
}

// appFacts are the fields that the list of apps can be filtered by, one at a
// time.
var appFacts = map[string]func(a *app) string{
	"status": func(a *app) string { return a.status },
	"id":     func(a *app) string { return a.id },
	"name":   func(a *app) string { return a.name },
	"credentials.signing.kid": func(a *app) string {
		if !a.hasSigningKey() {
			return ""
		}
		return signingKeyID
	},
	"settings.slo.enabled": func(*app) string { return "false" }, // only SAML apps can have it
}

// assignedTo are the filters for the apps of a user or a group.
var assignedTo = map[string]func(a *app, id string) bool{
	"user.id": func(a *app, id string) bool {
		_, assigned := a.users.get(id)
		return assigned
	},
	"group.id": (*app).hasGroup,
}

// appFilter reads the one comparison that the list of apps understands. If it
// is for the apps of a user, ofUser is the user's id.
func appFilter(text string) (match func(*app) bool, ofUser string, err error) {
	field, rest, _ := strings.Cut(text, " ")
	op, value, _ := strings.Cut(rest, " ")
	fact, assigned := appFacts[field], assignedTo[field]
	quoted := len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`)
	bare := field == "settings.slo.enabled" && (value == "true" || value == "false")
	if fact == nil && assigned == nil || op != "eq" || !bare && (!quoted || strings.Count(value, `"`) != 2) {
		return nil, "", errSearch
	}
	value = strings.Trim(value, `"`)
	if field == "user.id" {
		ofUser = value
	}
	if assigned != nil {
		return func(a *app) bool { return assigned(a, value) }, ofUser, nil
	}
	return func(a *app) bool { return fact(a) != "" && fact(a) == value }, ofUser, nil
}
