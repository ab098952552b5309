package oktatest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	logWindow    = 7 * 24 * time.Hour   // what a query without since looks back
	logRetention = 90 * 24 * time.Hour  // older events are gone
	logOldest    = 180 * 24 * time.Hour // an older since is refused
	logStamp     = "2006-01-02T15:04:05.000Z"
)

// event is a row of the System Log. They are kept in the order in which they
// were stored; number is the place in that order, from 1. An org can have
// hundreds of thousands of them, so an event holds only what differs from one
// to the next; view makes the rest.
type event struct {
	number    int
	published time.Time
	kind      string // the event type
	text      string // the display message
	actor     party
	targets   []party
	path      string
}

// party is the actor of an event, or one of its targets.
type party struct {
	id, kind, alternateID, name string
}

func (p party) view() object {
	return object{"id": p.id, "type": p.kind, "alternateId": p.alternateID, "displayName": p.name, "detailEntry": nil}
}

// systemActor is the actor of what no request asked for.
var systemActor = party{"unknown", "SystemPrincipal", "system@okta.com", "Okta System"}

// legacyTypes are the old names of event types: of application.lifecycle.update
// as recorded, of the others from published examples. An event type that is not
// here has no legacyEventType.
var legacyTypes = map[string]string{
	"application.lifecycle.update": "app.generic.config.app_updated",
	"user.account.privilege.grant": "core.user.admin_privilege.granted",
	"user.account.reset_password":  "core.user.config.user_status.password_reset",
	"user.lifecycle.suspend":       "core.user.config.user_status.suspended",
	"user.session.start":           "core.user_auth.login_success",
}

// record adds an event about an app, or about none.
func (c *call) record(eventType, text string, a *app) {
	if a == nil {
		c.recordAbout(eventType, text)
		return
	}
	c.recordAbout(eventType, text, partyOfApp(a))
}

// partyOfApp is an app as the target of an event.
func partyOfApp(a *app) party { return party{a.id, "AppInstance", a.label, a.label} }

// recordAbout adds an event about these targets, by the caller.
func (c *call) recordAbout(eventType, text string, targets ...party) {
	c.org.addEvent(eventType, text, c.eventActor(), targets, c.r.URL.Path)
}

// eventActor is the caller as the actor of an event.
func (c *call) eventActor() party {
	switch {
	case c.actor.user != nil:
		return partyOfUser(c.actor.user)
	case c.actor.client != nil:
		return party{c.actor.client.id, "PublicClientApp", "unknown", "unknown"}
	}
	return systemActor
}

// addEvent stores one event.
func (o *Org) addEvent(eventType, text string, actor party, targets []party, path string) {
	o.events = append(o.events, &event{
		number: len(o.events) + 1, published: o.now(), kind: eventType, text: text, actor: actor, targets: targets,
		path: path,
	})
}

// viewEvent is an event as the System Log shows it.
func (o *Org) viewEvent(e *event) object {
	place := object{"city": "Lille", "state": "Hauts-de-France", "country": "France", "postalCode": "59000",
		"geolocation": object{"lat": 50.63, "lon": 3.06}}
	request := fmt.Sprintf("%027d", e.number)
	targets := []object{}
	for _, t := range e.targets {
		targets = append(targets, t.view())
	}
	view := object{
		"uuid":      fmt.Sprintf("%08x-0000-11f0-8000-%s", e.number, o.id[3:15]),
		"published": e.published.UTC().Format(logStamp), "eventType": e.kind, "displayMessage": e.text,
		"severity": "INFO", "version": "0",
		"actor": e.actor.view(), "target": targets, "outcome": object{"result": "SUCCESS", "reason": nil},
		"client": object{"userAgent": object{"rawUserAgent": "oktatest", "os": "Unknown", "browser": "UNKNOWN"}, "zone": "null", "device": "Unknown", "id": nil,
			"ipAddress": "203.0.113.7", "geographicalContext": place},
		"device": nil,
		"authenticationContext": object{"authenticationProvider": nil, "credentialProvider": nil, "credentialType": nil,
			"issuer": nil, "interface": nil, "authenticationStep": 0, "externalSessionId": "unknown"},
		"securityContext": object{"asNumber": 64496, "asOrg": "example", "isp": "example", "domain": "example.com", "isProxy": false},
		"debugContext":    object{"debugData": object{"requestId": request, "requestUri": e.path, "url": e.path + "?"}},
		"transaction":     object{"type": "WEB", "id": request, "detail": object{}},
		"request": object{"ipChain": []object{{"ip": "203.0.113.7", "geographicalContext": place,
			"version": "V4", "source": nil}}},
	}
	if legacy := legacyTypes[e.kind]; legacy != "" {
		view["legacyEventType"] = legacy
	}
	return view
}

// logQuery is a checked query of the System Log.
type logQuery struct {
	since, until time.Time
	polling      bool
	descending   bool
	limit        int
	after        int // events up to this number were given out
	match        func(*event) bool
}

var errLogFilter = &apiError{status: http.StatusBadRequest, code: "E0000053", summary: "Invalid SCIM filter."}

// readLogQuery checks the parameters.
func (c *call) readLogQuery() (*logQuery, error) {
	now := c.org.now()
	q := &logQuery{until: now, match: func(*event) bool { return true }}
	var err error
	if q.until, err = c.logTime("until", now); err != nil {
		return nil, err
	}
	if q.since, err = c.logTime("since", q.until.Add(-logWindow)); err != nil {
		return nil, err
	}
	if q.since.Before(now.Add(-logOldest)) {
		return nil, &apiError{status: http.StatusBadRequest, code: "E0000053",
			summary: "Invalid parameter: The since parameter is over 180 days prior to the current day."}
	}
	switch c.query.Get("sortOrder") {
	case "", "ASCENDING":
	case "DESCENDING":
		q.descending = true
	default:
		return nil, invalid("sortOrder", "sortOrder: must be ASCENDING or DESCENDING")
	}
	q.polling = c.query.Get("until") == "" && !q.descending
	if c.query.Get("limit") == "0" {
		q.limit = 0
	} else if q.limit, err = c.limit(100, 1000); err != nil {
		return nil, err
	}
	if text := c.query.Get("filter"); text != "" {
		want, err := parseFilter(text)
		if err != nil {
			return nil, errLogFilter
		}
		q.match = func(e *event) bool { return want(c.org.viewEvent(e)) }
	}
	return q, c.readLogCursor(q)
}

// readLogCursor reads after, which is a time in milliseconds and the number
// of an event.
func (c *call) readLogCursor(q *logQuery) error {
	after := c.query.Get("after")
	if after == "" {
		return nil
	}
	_, number, _ := strings.Cut(after, "_")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > len(c.org.events) {
		return errCursor
	}
	q.after = n
	return nil
}

func (c *call) logTime(name string, unset time.Time) (time.Time, error) {
	text := c.query.Get(name)
	if text == "" {
		return unset, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, invalid(name, name+": must be a date and time by ISO 8601")
	}
	return t, nil
}

// listLogs answers a polling query, which always has a next link, or a bounded
// one, which has none on its last page.
func (c *call) listLogs() (reply, error) {
	q, err := c.readLogQuery()
	if err != nil {
		return reply{}, err
	}
	events := c.org.selectEvents(q)
	more := len(events) > q.limit
	events = events[:min(len(events), q.limit)]
	items := []object{}
	for _, e := range events {
		items = append(items, c.org.viewEvent(e))
	}
	params := []string{"since", "until", "filter", "q", "limit", "sortOrder", "after"}
	res := reply{status: http.StatusOK, body: items, header: http.Header{}}
	res.header.Add("Link", c.link("self", params, nil))
	if q.polling || more {
		res.header.Add("Link", c.link("next", params, url.Values{"after": {c.nextLogCursor(q, events)}}))
	}
	return res, nil
}

// nextLogCursor is where the next page begins. It stays where it is if nothing
// new was there.
func (c *call) nextLogCursor(q *logQuery, events []*event) string {
	if len(events) == 0 {
		if after := c.query.Get("after"); after != "" {
			return after
		}
		return fmt.Sprintf("%d_%d", q.until.UnixMilli(), 0)
	}
	last := events[len(events)-1]
	return fmt.Sprintf("%d_%d", last.published.UnixMilli(), last.number)
}

// selectEvents returns the events of a query, in its order.
func (o *Org) selectEvents(q *logQuery) []*event {
	oldest := o.now().Add(-logRetention)
	var found []*event
	for _, e := range o.events {
		inTime := !e.published.Before(q.since) && !e.published.Before(oldest) &&
			(q.polling || e.published.Before(q.until))
		if inTime && e.number > q.after && q.match(e) {
			found = append(found, e)
		}
	}
	if q.descending {
		slices.Reverse(found)
	}
	return found
}
