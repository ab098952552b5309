package oktatest

import (
	"cmp"
	"fmt"
	"time"
)

const logStamp = "2006-01-02T15:04:05.000Z"

// event is a row of the System Log. They are kept in the order in which they
// were stored; number is the place in that order, from 1. An org can have
// hundreds of thousands of them, so an event holds only what differs from one
// to the next; view makes the rest.
type event struct {
	number    int
	uuid      string    // empty: one that is made of the number
	request   int       // the number of the first event of the same request
	published time.Time // when it happened
	stored    time.Time // what a polling query goes by
	kind      string    // the event type
	text      string    // the display message
	actor     party
	targets   []party
	path      string
	result    string // empty: SUCCESS
	reason    string
}

const (
	outcomeFailure   = "FAILURE"
	outcomeChallenge = "CHALLENGE"
)

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
	c.recordEvent(&event{kind: eventType, text: text, actor: c.eventActor(), targets: targets, path: c.r.URL.Path})
}

// recordEvent adds an event of the request.
func (c *call) recordEvent(e *event) {
	c.live.storeEvent(e)
	if c.firstEvent == 0 {
		c.firstEvent = e.number
	}
	e.request = c.firstEvent
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

// addEvent stores an event that no request has caused.
func (o *Org) addEvent(eventType, text string, actor party, targets []party, path string) {
	o.storeEvent(&event{kind: eventType, text: text, actor: actor, targets: targets, path: path})
}

// storeEvent stores an event, which is new unless it says when it was published.
func (o *Org) storeEvent(e *event) {
	e.number = len(o.events) + 1
	e.request = e.number
	e.stored = o.now()
	if e.published.IsZero() {
		e.published = e.stored
	}
	o.events = append(o.events, e)
}

func (o *Org) uuidOf(e *event) string {
	if e.uuid != "" {
		return e.uuid
	}
	return fmt.Sprintf("%08x-0000-11f0-8000-%s", e.number, o.id[3:15])
}

// viewEvent is an event as the System Log shows it.
func (o *Org) viewEvent(e *event) object {
	place := object{"city": "Lille", "state": "Hauts-de-France", "country": "France", "postalCode": "59000",
		"geolocation": object{"lat": 50.63, "lon": 3.06}}
	request := fmt.Sprintf("%027d", e.request)
	var reason any
	if e.reason != "" {
		reason = e.reason
	}
	severity := "INFO"
	if e.result == outcomeFailure {
		severity = "WARN"
	}
	targets := []object{}
	for _, t := range e.targets {
		targets = append(targets, t.view())
	}
	view := object{
		"uuid":      o.uuidOf(e),
		"published": e.published.UTC().Format(logStamp), "eventType": e.kind, "displayMessage": e.text,
		"severity": severity, "version": "0",
		"actor": e.actor.view(), "target": targets, "outcome": object{"result": cmp.Or(e.result, "SUCCESS"), "reason": reason},
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
