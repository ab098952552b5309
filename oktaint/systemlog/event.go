package systemlog

import (
	"encoding/json"
	"errors"
	"time"
)

// An Event is an entry of the System Log. Members that Okta may add, and all that has no
// field here, are in Raw.
//
// Source: the schema LogEvent of Okta's management API.
type Event struct {
	UUID      string
	Type      string    // such as user.session.start
	Published time.Time // when it happened
	Severity  string    // DEBUG, INFO, WARN or ERROR
	Actor     Party     // who did it
	Client    Client    // from where
	Outcome   Outcome   // how it ended
	Targets   []Party   // to whom or what

	TransactionID string // what one request has caused shares it
	RootSession   string // what one sign-in has led to shares it; empty if there is none

	Raw json.RawMessage // as the org sent it
}

// A Party is the actor of an event, or one of its targets.
type Party struct {
	ID          string `json:"id"`
	Type        string `json:"type"` // such as User or AppInstance
	AlternateID string `json:"alternateId"`
	Name        string `json:"displayName"`
}

// A Client is where the request came from that an event is about.
type Client struct {
	IP, UserAgent string
}

// An Outcome is how what an event tells of has ended, and why.
type Outcome struct {
	Result string `json:"result"` // SUCCESS, FAILURE, SKIPPED, ALLOW, DENY, CHALLENGE or UNKNOWN
	Reason string `json:"reason"`
}

// Target returns the first target of a type, such as User.
func (e Event) Target(kind string) (Party, bool) {
	for _, t := range e.Targets {
		if t.Type == kind {
			return t, true
		}
	}
	return Party{}, false
}

// wireEvent is an event in Okta's form.
type wireEvent struct {
	UUID      string    `json:"uuid"`
	Type      string    `json:"eventType"`
	Published time.Time `json:"published"`
	Severity  string    `json:"severity"`
	Actor     Party     `json:"actor"`
	Client    struct {
		IP        string `json:"ipAddress"`
		UserAgent struct {
			Raw string `json:"rawUserAgent"`
		} `json:"userAgent"`
	} `json:"client"`
	Outcome     Outcome `json:"outcome"`
	Targets     []Party `json:"target"`
	Transaction struct {
		ID string `json:"id"`
	} `json:"transaction"`
	Authentication struct {
		Root string `json:"rootSessionId"`
	} `json:"authenticationContext"`
}

// ParseEvent reads an event in Okta's form. It is an error if it is not a JSON object,
// or if it has no uuid. Any other member of an unexpected form leaves its field empty, so
// that no event is lost because of one.
func ParseEvent(raw json.RawMessage) (Event, error) {
	var w wireEvent
	var form *json.UnmarshalTypeError
	if err := json.Unmarshal(raw, &w); err != nil && !errors.As(err, &form) {
		if w.UUID == "" { // a time in another form ends the decoding: read what is needed
			var id struct {
				UUID string `json:"uuid"`
				Type string `json:"eventType"`
			}
			if json.Unmarshal(raw, &id) != nil {
				return Event{}, errors.New("systemlog: this is not an event: it is not a JSON object")
			}
			w.UUID, w.Type = id.UUID, id.Type
		}
	}
	if w.UUID == "" {
		return Event{}, errors.New("systemlog: this is not an event: it has no uuid")
	}
	return Event{
		UUID: w.UUID, Type: w.Type, Published: w.Published, Severity: w.Severity, Actor: w.Actor,
		Client: Client{w.Client.IP, w.Client.UserAgent.Raw}, Outcome: w.Outcome, Targets: w.Targets,
		TransactionID: w.Transaction.ID, RootSession: w.Authentication.Root, Raw: raw,
	}, nil
}
