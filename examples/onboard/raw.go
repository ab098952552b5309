package main

import "fmt"

// printRaw writes the requests of the plan to standard output, and nothing else
// anywhere. A key that is made in this run is gone when it ends, so that nobody
// could use the app of a script with it.
func (j *job) printRaw() error {
	isNew := j.keyFile == "" && !j.store.found && !j.demo
	const makeKey = "make one, such as with openssl genrsa -out key.pem 2048, and pass it with --key key.pem"
	if isNew && j.rawForm == "curl" {
		return usagef("--print curl needs the app's key, which it does not write: " + makeKey)
	}
	raw, err := j.steps.RawRequests()
	if err != nil {
		return err
	}
	text := raw.HTTP()
	if j.rawForm == "curl" {
		text = raw.Curl()
	}
	if _, err := fmt.Fprint(j.stdout, text); err != nil {
		return err
	}
	if isNew {
		j.say("warning: the key in these requests is forgotten now; to send them, %s", makeKey)
	}
	j.say("nothing was sent")
	return nil
}
