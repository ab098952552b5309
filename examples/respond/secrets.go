package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// checkSecrets refuses actions whose answer is a secret that nobody would get: it
// is shown nowhere, and kept in the file of --secrets only.
func (j *job) checkSecrets(actions []remediation.Action) error {
	if j.secretsFile != "" {
		return nil
	}
	var kinds []string
	for _, a := range actions {
		if kind := string(a.Facts().Kind); a.Facts().Secret && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return nil
	}
	return cli.Usagef("the answer to %s is a temporary password or a link, which is not shown here: give --secrets FILE to keep it, or, where the action has it, \"send_email\":true. Nothing was done", strings.Join(kinds, ", "))
}

// A secretsFile takes the secrets of a run as they come, one JSON object a line,
// for its owner only. Nil takes none.
type secretsFile struct {
	file *os.File
	n    int
	err  error
}

func openSecrets(path string) (*secretsFile, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--secrets, so nothing was written to the org: %w", err)
	}
	return &secretsFile{file: file}, nil
}

// keep writes the secret of a step, if it has one, to the disk.
func (s *secretsFile) keep(r remediation.StepResult) error {
	if s == nil || r.Secret.IsZero() {
		return nil
	}
	user := r.Target.Name
	if user == "" {
		user = r.Target.ID
	}
	line, err := json.Marshal(struct {
		User   string           `json:"user"`
		Action remediation.Kind `json:"action"`
		Secret string           `json:"secret"`
	}{user, r.Action.Facts().Kind, r.Secret.Reveal()})
	if err == nil {
		_, err = s.file.Write(append(line, '\n'))
	}
	if err = errors.Join(err, s.file.Sync()); err != nil {
		err = fmt.Errorf("the secret of %s was not kept, and is lost: do %s again: %w", user, r.Action.Facts().Kind, err)
		s.err = errors.Join(s.err, err)
		return err
	}
	s.n++
	return nil
}

// close tells what there is, and takes away a file with nothing in it.
func (s *secretsFile) close(p *cli.Program) error {
	if s == nil {
		return nil
	}
	path := s.file.Name()
	err := errors.Join(s.err, s.file.Close())
	switch {
	case s.n > 0:
		p.Say("%s kept in %s: hand them over by another way than the user's mail, and delete the file", cli.Count(s.n, "secret"), path)
	case err == nil:
		err = os.Remove(path)
	}
	return err
}
