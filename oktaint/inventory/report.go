package inventory

import (
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A Status says how much of a resource was seen.
type Status string

const (
	// Complete: all of it.
	Complete Status = "complete"

	// Partial: the role shows a part, or some of its lists could not be read.
	Partial Status = "partial"

	// BeyondRole: the role is known not to see it. This is no failure.
	BeyondRole Status = "beyond this role"

	// NotAsked: the credential does not ask for its scope. This is no failure, unless
	// the resource was named: then it is Refused.
	NotAsked Status = "not asked"

	// NotLicensed: the org does not have the feature. This is no failure.
	NotLicensed Status = "not licensed"

	// Refused: a scope or a role that should open it is missing, or it is empty though
	// no org has it empty.
	Refused Status = "refused"

	// Failed: the org did not answer as it should. Another run may succeed.
	Failed Status = "failed"
)

// An Outcome is a status with its reason.
type Outcome struct {
	Status Status `json:"status"`
	Why    string `json:"why,omitempty"`    // in plain words; empty if complete
	Remedy string `json:"remedy,omitempty"` // what would change it
	By     string `json:"by,omitempty"`     // who can apply the remedy, such as "a Super Admin"
}

// A Row is what a run found out about one resource.
type Row struct {
	Resource string `json:"resource"`
	Outcome
	Count    int           `json:"count"`             // objects that were read; of a Delta, that there are now
	Requests int           `json:"requests"`          // pages and single objects that were asked for
	Bytes    int64         `json:"bytes"`             // of the objects as the org sent them
	Took     time.Duration `json:"-"`                 // from its first request to its last answer
	Err      error         `json:"-"`                 // the first answer that was not what it should be
	Started  time.Time     `json:"started,omitzero"`  // when the run began; that of the Report if it is zero
	Changes  *Changes      `json:"changes,omitempty"` // by a Delta
}

// Changes are what a [Delta] changed of one resource.
type Changes struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Deleted int `json:"deleted"`

	// Whole is why all of the resource was read, though a Delta has a cheaper way to find
	// its changes. It is empty if that was not needed.
	Whole string `json:"whole,omitempty"`
}

// A Basis says what the report of a [Delta] stands on.
type Basis struct {
	Since    time.Time `json:"since"`            // when the run began whose objects were brought up to date
	Events   int       `json:"events"`           // of the System Log that were read
	Requests int       `json:"requests"`         // how many it took to read them
	NoLog    string    `json:"no_log,omitempty"` // why the System Log was of no use, if so
}

// A Report is what a run found out. Its rows are in the order of the catalogue.
type Report struct {
	Org      oktaint.Org `json:"org_url"`
	Started  time.Time   `json:"started"` // of the run that was resumed, if one was
	Finished time.Time   `json:"finished"`

	// Roles are the types of the admin roles that the rows were judged by, and RolesKnown
	// is false if neither the org nor the caller said what they are.
	Roles      []string `json:"roles"`
	RolesKnown bool     `json:"roles_known"`

	// RolesLost are those of Options.Roles that the org says are not held any more. It is
	// empty if the org does not let the credential see its roles.
	RolesLost []string `json:"roles_lost,omitempty"`

	// Delta is what a report of Delta stands on. It is nil for a full run.
	Delta *Basis `json:"delta,omitempty"`

	// FullMembers is Options.FullMembers of the run.
	FullMembers bool `json:"full_members,omitempty"`

	Rows []Row `json:"rows"`
}

// Count returns how many rows have one of these statuses.
func (r *Report) Count(statuses ...Status) int {
	n := 0
	for _, row := range r.Rows {
		for _, s := range statuses {
			if row.Status == s {
				n++
			}
		}
	}
	return n
}

// OK reports whether all that the role of the credential reaches was seen: no row is
// [Refused] or [Failed].
func (r *Report) OK() bool { return r.Count(Refused, Failed) == 0 }

// Row returns the row of a resource.
func (r *Report) Row(resource string) (Row, bool) {
	for _, row := range r.Rows {
		if row.Resource == resource {
			return row, true
		}
	}
	return Row{}, false
}
