package main

import (
	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
)

// printFirst prints the requests for an org that has nothing of the app yet: no
// credential is there to look.
func (j *job) printFirst() (err error) {
	if j.steps, err = oauthapp.FirstPlan(j.conn.Org, j.desired()); err != nil {
		return err
	}
	for _, w := range j.steps.Warnings {
		j.Say("warning: %s", cli.Plain(w))
	}
	if j.rawForm == "curl" {
		j.Say("there is no API token, so these requests make a new app; the script stops if the org has one of this label")
	} else {
		j.Say("warning: there is no API token, so nobody has looked whether the org has this app already: these requests make a new one")
	}
	return j.printRaw()
}

const makeKey = "make one, such as with openssl genrsa -out key.pem 2048, and pass it with --key key.pem"

// printRaw writes the requests of the plan to standard output, and nothing else
// anywhere. A key that is made in this run is gone when it ends, so that nobody
// could use the app of a script with it.
func (j *job) printRaw() error {
	raw, err := j.steps.RawRequests()
	if err != nil {
		return err
	}
	text := raw.HTTP()
	if j.rawForm == "curl" {
		text = raw.Curl()
	}
	if err := j.PrintText(text); err != nil {
		return err
	}
	if j.keyFile == "" && !j.store.found {
		j.Say("warning: the key in these requests is forgotten now; to send them, %s", makeKey)
	}
	j.Say("nothing was sent")
	return nil
}
